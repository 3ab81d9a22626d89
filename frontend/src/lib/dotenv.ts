/** Reads a pasted .env file: variables in order, and every line that cannot be read, by its number. */

export interface ParsedVariable {
	key: string;
	value: string;
	line: number;
}

export interface DotenvProblem {
	line: number;
	/** A duplicate is told, an unreadable line stops the whole text from being taken. */
	kind: 'unreadable' | 'duplicate';
	message: string;
}

export interface Dotenv {
	variables: ParsedVariable[];
	problems: DotenvProblem[];
}

const keyPattern = /^[A-Za-z_][A-Za-z0-9_]*$/;
const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', $: '$' };

/** The position of the quote that closes the one at `text[0]`, or -1. Double quotes may hold `\"`. */
function closingQuote(text: string): number {
	const quote = text[0];
	for (let i = 1; i < text.length; i += 1) {
		if (text[i] === '\\' && quote === '"') i += 1;
		else if (text[i] === quote) return i;
	}
	return -1;
}

function unescape(text: string): string {
	return text.replace(/\\(.)/gs, (whole, char: string) => escapes[char] ?? whole);
}

export function parseDotenv(source: string): Dotenv {
	const lines = source.replace(/^\uFEFF/, '').split(/\r?\n/);
	const byKey = new Map<string, ParsedVariable>();
	const problems: DotenvProblem[] = [];
	for (let i = 0; i < lines.length; i += 1) {
		const number = i + 1;
		const line = (lines[i] ?? '').trim();
		if (line === '' || line.startsWith('#')) continue;
		const equals = line.indexOf('=');
		if (equals < 0) {
			problems.push({ line: number, kind: 'unreadable', message: 'has no = sign.' });
			continue;
		}
		const key = line
			.slice(0, equals)
			.replace(/^export\s+/, '')
			.trim();
		if (!keyPattern.test(key)) {
			problems.push({
				line: number,
				kind: 'unreadable',
				message: `“${key}” is no name: letters, digits and _ only.`
			});
			continue;
		}
		let raw = line.slice(equals + 1).trim();
		let value: string;
		const quote = raw[0];
		if (quote === '"' || quote === "'" || quote === '`') {
			// A quoted value may go over several lines.
			let end = closingQuote(raw);
			let next = i;
			while (end < 0 && next + 1 < lines.length) {
				next += 1;
				raw += `\n${lines[next] ?? ''}`;
				end = closingQuote(raw);
			}
			if (end < 0) {
				problems.push({ line: number, kind: 'unreadable', message: `the quote of ${key} is never closed.` });
				continue;
			}
			i = next;
			value = raw.slice(1, end);
			if (quote === '"') value = unescape(value);
		} else {
			value = raw.replace(/(^|\s)#.*$/, '').trim();
		}
		const earlier = byKey.get(key);
		if (earlier) {
			problems.push({
				line: number,
				kind: 'duplicate',
				message: `${key} was set on line ${earlier.line} already; this one counts.`
			});
			byKey.delete(key);
		}
		byKey.set(key, { key, value, line: number });
	}
	return { variables: [...byKey.values()], problems };
}

/** Whether a variable of this name is better treated as a secret. */
export function looksSecret(key: string): boolean {
	return (
		/SECRET|TOKEN|PASS|PWD|PRIVATE|CREDENTIAL|(^|_)KEY($|_)|DATABASE_URL|DSN|APIKEY/i.test(key) &&
		!/^(PUBLIC|VITE|NEXT_PUBLIC)_/i.test(key)
	);
}

/** One variable as a line of a .env file that `parseDotenv` reads back unchanged. */
export function formatDotenv(key: string, value: string): string {
	if (/^[A-Za-z0-9_./:@%+,=-]*$/.test(value)) return `${key}=${value}`;
	const escaped = value
		.replace(/\\/g, '\\\\')
		.replace(/"/g, '\\"')
		.replace(/\n/g, '\\n')
		.replace(/\r/g, '\\r')
		.replace(/\t/g, '\\t');
	return `${key}="${escaped}"`;
}
