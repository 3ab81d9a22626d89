/**
 * Keeps what was typed and unfolded before the scripts had started: hydration would put back what the server rendered. Called
 * while the root layout is set up, before anything below it is hydrated; the returned function puts it back and tells the
 * components.
 */
type Field = HTMLInputElement | HTMLTextAreaElement;

const isBox = (field: Field): field is HTMLInputElement =>
	field.type === 'checkbox' || field.type === 'radio';

export function keepTyped(): () => void {
	if (typeof document === 'undefined') return () => {};
	const fields = [...document.querySelectorAll<Field>('input, textarea')];
	const typed = fields
		.filter((field) =>
			isBox(field) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue
		)
		.map((field) => ({ field, value: field.value, checked: isBox(field) && field.checked }));
	const unfolded = [...document.querySelectorAll<HTMLDetailsElement>('details[open]')];
	return () => {
		for (const details of unfolded) details.open = true;
		for (const { field, value, checked } of typed) {
			if (isBox(field)) field.checked = checked;
			else field.value = value;
			for (const event of ['input', 'change']) field.dispatchEvent(new Event(event, { bubbles: true }));
		}
	};
}
