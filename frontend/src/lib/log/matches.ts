/** Marks what was searched for. Pure. */
import type { Row } from './row.ts';

/** Cuts a text at each place where `needle` (in lower case) is found. */
export function splitMatches(text: string, needle: string): { text: string; match: boolean }[] {
	if (needle === '') return [{ text, match: false }];
	const parts: { text: string; match: boolean }[] = [];
	const lower = text.toLowerCase();
	let at = 0;
	for (let found = lower.indexOf(needle); found >= 0; found = lower.indexOf(needle, at)) {
		if (found > at) parts.push({ text: text.slice(at, found), match: false });
		at = found + needle.length;
		parts.push({ text: text.slice(found, at), match: true });
	}
	if (at < text.length) parts.push({ text: text.slice(at), match: false });
	return parts;
}

/** A row with its matches marked; `current` is the match that is looked at. */
export function markMatches(row: Row, needle: string, current: boolean): Row {
	if (needle === '') return row;
	const mark = current
		? 'rounded-[2px] bg-accent text-bg underline'
		: 'rounded-[2px] bg-accent-soft text-accent underline';
	const pieces = row.pieces.flatMap(({ text, look }) =>
		splitMatches(text, needle).map((part) => ({ text: part.text, look: part.match ? mark : look }))
	);
	return { ...row, pieces };
}
