/** What one line of a log says about itself: its time, its level, whether it heads a step. */

export type Level = 'error' | 'warn' | null;

const stamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z /;

/** Splits off the time that a line starts with; a line without one is all text. */
export function splitTime(line: string): { time: string | null; text: string } {
	const match = stamp.exec(line.slice(0, 36));
	return match
		? { time: match[0].slice(0, -1), text: line.slice(match[0].length) }
		: { time: null, text: line };
}

const errorWords = new Set([
	'error',
	'err',
	'fatal',
	'panic',
	'failed',
	'failure',
	'exception',
	'traceback',
	'typeerror',
	'referenceerror',
	'syntaxerror',
	'rangeerror',
	'uncaught',
	'unhandled',
	'modulenotfounderror',
	'importerror'
]);
const warnWords = new Set(['warn', 'warning', 'deprecated', 'deprecationwarning']);

/** The level of a line without time and colours, from the first words: "npm ERR!", "[error]", "✗ …", "warn …". */
export function levelOf(text: string): Level {
	const head = text.slice(0, 64).trimStart();
	const first = head[0] ?? '';
	if (first === '✗' || first === '✖' || first === '✘') return 'error';
	if (first === '⚠') return 'warn';
	const words = head.toLowerCase().match(/[a-z]+/g);
	if (!words || (first !== '[' && first !== '(' && !/[a-z]/i.test(first))) return null;
	for (const word of words[0] === 'npm' || words[0] === 'pnpm' ? words.slice(1, 2) : words.slice(0, 1)) {
		if (errorWords.has(word)) return 'error';
		if (warnWords.has(word)) return 'warn';
	}
	return null;
}

export const isStepHead = (text: string): boolean => text.startsWith('==> ');
