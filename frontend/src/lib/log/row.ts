/** Makes what a row shows of a line of the log. Pure; the server makes the first rows with it, the browser all later ones. */
import { parseAnsi, plain, type Hue, type Style } from './ansi.ts';
import { isStepHead, levelOf, splitTime, type Level } from './line.ts';
import type { LogStore } from './store.ts';

/** Text, and the classes that it is shown with. */
export interface Piece {
	text: string;
	look: string;
}

export interface Row {
	/** From 1. */
	number: number;
	time: string | null;
	pieces: Piece[];
	level: Level;
	head: boolean;
}

const lookBack = 30;

export function makeRow(number: number, line: string, start: Style): { row: Row; end: Style } {
	const { time, text } = splitTime(line);
	const head = isStepHead(text);
	const { segments, end } = parseAnsi(text, head ? plain : start);
	const words = segments.map((segment) => segment.text).join('');
	const pieces = segments.map(({ text, style }) => ({ text, look: styleClass(style) }));
	return { row: { number, time, pieces, level: levelOf(words), head }, end };
}

/** Rows of neighbouring or single lines (from 0). A colour that a line leaves on goes on into the next. */
export function makeRows(store: LogStore, lines: number[]): Row[] {
	const rows: Row[] = [];
	let style = plain;
	let previous = -2;
	for (const line of lines) {
		if (line !== previous + 1) {
			style = plain;
			for (let i = Math.max(0, line - lookBack); i < line; i += 1)
				style = makeRow(0, store.line(i), style).end;
		}
		const made = makeRow(line + 1, store.line(line), style);
		rows.push(made.row);
		style = made.end;
		previous = line;
	}
	return rows;
}

/** Rows of a piece of text whose first line has the number `firstLine`. */
export function rowsOfText(text: string, firstLine: number): Row[] {
	let style = plain;
	if (text === '') return [];
	return text
		.replace(/\n$/, '')
		.split('\n')
		.map((line, index) => {
			const made = makeRow(firstLine + index, line, style);
			style = made.end;
			return made.row;
		});
}

const foreground: Record<Hue, string> = {
	0: 'text-a0',
	1: 'text-a1',
	2: 'text-a2',
	3: 'text-a3',
	4: 'text-a4',
	5: 'text-a5',
	6: 'text-a6'
};
const filled: Record<Hue, string> = {
	0: 'bg-a0',
	1: 'bg-a1',
	2: 'bg-a2',
	3: 'bg-a3',
	4: 'bg-a4',
	5: 'bg-a5',
	6: 'bg-a6'
};

/** A background makes the text take the page's colour: the only pairs that are readable in both themes. */
function styleClass(style: Style): string {
	if (style === plain) return '';
	const back = style.inverse ? (style.color ?? 0) : style.background;
	return [
		back !== null
			? `${filled[back]} text-bg`
			: style.color !== null
				? foreground[style.color]
				: style.dim
					? 'text-fg-2'
					: '',
		style.bold && 'font-semibold',
		style.italic && 'italic',
		style.underline && 'underline',
		style.strike && 'line-through'
	]
		.filter(Boolean)
		.join(' ');
}
