/**
 * devalue's stringify for what this page gives it: the plain state of a history entry. Takes the place of the full one in the
 * browser; small-stringify.test.ts holds the two together.
 */
export function stringify(value) {
	const list = [];
	const put = (item) => {
		if (item === undefined) return -1;
		const index = list.push('') - 1;
		if (Array.isArray(item)) list[index] = `[${item.map(put)}]`;
		else if (item && Object.getPrototypeOf(item) === Object.prototype) {
			list[index] = `{${Object.keys(item).map((key) => `${JSON.stringify(key)}:${put(item[key])}`)}}`;
		} else if (item === null || typeof item !== 'object') list[index] = JSON.stringify(item);
		else throw new TypeError('The state of a history entry must be plain.');
		return index;
	};
	const root = put(value);
	return root < 0 ? String(root) : `[${list}]`;
}

export const stringifyAsync = async (value) => stringify(value);
