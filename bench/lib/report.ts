/** Rows of the result, what they are held against, and the table at the end. */
import { round } from './stats.ts';

export type Target = { atMost: number } | { atLeast: number };

export interface Row {
	/** What was measured, in words. */
	name: string;
	value: number;
	unit: string;
	target: Target | null;
	/** What was run, as somebody else would repeat it. */
	command: string;
	/** Samples, parts, circumstances. */
	detail?: Record<string, unknown>;
}

export function isMet({ value, target }: Row): boolean | null {
	if (!target) return null;
	return 'atMost' in target ? value <= target.atMost : value >= target.atLeast;
}

const number = (value: number) => round(value).toLocaleString('en', { maximumFractionDigits: 6 });

const targetText = (target: Target | null) =>
	!target ? '' : 'atMost' in target ? `≤ ${number(target.atMost)}` : `≥ ${number(target.atLeast)}`;

const verdict = (met: boolean | null) => (met === null ? '' : met ? 'met' : 'MISSED');

/** Markdown, so that it can be pasted into the page of benchmarks. */
export function table(rows: readonly Row[]): string {
	const head = ['figure', 'value', 'target', ''];
	const cells = rows.map((row) => [
		row.name,
		`${number(row.value)} ${row.unit}`.trim(),
		targetText(row.target),
		verdict(isMet(row))
	]);
	const widths = head.map((title, column) =>
		Math.max(title.length, 3, ...cells.map((line) => (line[column] ?? '').length))
	);
	const line = (parts: string[]) =>
		`| ${parts.map((part, column) => part.padEnd(widths[column] ?? 0)).join(' | ')} |`;
	return [line(head), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)].join('\n');
}
