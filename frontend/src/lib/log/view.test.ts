import { describe, expect, it } from 'vitest';
import { levelOf, splitTime } from './line.ts';
import { markMatches, splitMatches } from './matches.ts';
import { makeRows, rowsOfText } from './row.ts';
import { LogStore } from './store.ts';
import { LogTail } from './tail.ts';
import { highestSpacer, scrollTopFor, spacerHeight, windowAt } from './window.ts';

describe('windowAt', () => {
	const at = (rows: number, scrollTop: number) =>
		windowAt({ rows, rowHeight: 20, viewHeight: 400, scrollTop, overscan: 5 });

	it('is ordinary scrolling for rows of one height', () => {
		for (const scrollTop of [0, 7, 400, 1234, 1600]) {
			const { anchor, anchorTop } = at(100, scrollTop);
			expect(anchor * 20 - anchorTop).toBeCloseTo(scrollTop, 6);
		}
	});

	it('covers the window and little more', () => {
		for (const scrollTop of [0, 333, 1000, 1600]) {
			const { first, last } = at(100, scrollTop);
			expect(first * 20).toBeLessThanOrEqual(scrollTop);
			expect(last * 20).toBeGreaterThanOrEqual(Math.min(scrollTop + 400, 2000));
			expect(last - first).toBeLessThan(40);
		}
	});

	it('reaches both ends of a list that is higher than a browser can scroll', () => {
		const rows = 1_000_000;
		expect(spacerHeight(rows, 20)).toBe(highestSpacer);
		expect(at(rows, 0).first).toBe(0);
		expect(at(rows, highestSpacer - 400).last).toBe(rows);
	});

	it('brings a row to the middle', () => {
		for (const rows of [1000, 1_000_000]) {
			const { first, last } = at(rows, scrollTopFor(rows / 2, rows, 20, 400));
			expect(first).toBeLessThan(rows / 2 - 5);
			expect(last).toBeGreaterThan(rows / 2 + 5);
		}
		expect(scrollTopFor(3, 5, 20, 400)).toBe(0);
	});
});

describe('LogTail', () => {
	it('keeps the last lines and counts the others, however the bytes are cut', () => {
		const bytes = new TextEncoder().encode(
			Array.from({ length: 50 }, (_, i) => `Zeile ${i + 1} ü\n`).join('')
		);
		for (const size of [1, 3, 17, 1000]) {
			const tail = new LogTail(3);
			for (let at = 0; at < bytes.length; at += size) tail.push(bytes.subarray(at, at + size));
			const result = tail.result();
			expect(result.text).toBe('Zeile 48 ü\nZeile 49 ü\nZeile 50 ü\n');
			expect(result.firstLine).toBe(48);
			expect(result.nextOffset).toBe(bytes.length);
			expect(result.nextOffset - result.offset).toBe(new TextEncoder().encode(result.text).length);
		}
	});
});

describe('lines', () => {
	it('splits off the time', () => {
		expect(splitTime('2026-01-31T09:05:00.123Z ==> build')).toEqual({
			time: '2026-01-31T09:05:00.123Z',
			text: '==> build'
		});
		expect(splitTime('no time')).toEqual({ time: null, text: 'no time' });
	});

	it.each([
		['Error: x', 'error'],
		['npm ERR! code 1', 'error'],
		['[error] x', 'error'],
		['✗ exit code 1', 'error'],
		['warning: old', 'warn'],
		['0 errors', null],
		['errors.js 3 kB', null],
		['the error was handled', null]
	])('%s is %s', (text, level) => {
		expect(levelOf(text)).toBe(level);
	});

	it('shows the same rows from a store and from text', () => {
		const text =
			'2026-01-31T09:05:00.123Z \x1b[31mred\n2026-01-31T09:05:00.124Z still red\x1b[0m\n==> head\n';
		const store = new LogStore();
		store.append(text);
		expect(makeRows(store, [0, 1, 2])).toEqual(rowsOfText(text, 1));
		expect(makeRows(store, [1])[0]?.pieces[0]?.look).toBe('text-a1');
	});

	it('marks matches', () => {
		expect(splitMatches('a Bb b', 'b').map((part) => part.match)).toEqual([false, true, true, false, true]);
		const [row] = rowsOfText('find me', 1);
		expect(row && markMatches(row, 'me', true).pieces.map((piece) => piece.text)).toEqual(['find ', 'me']);
	});
});
