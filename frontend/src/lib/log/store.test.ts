import { describe, expect, it } from 'vitest';
import { LogSearch, searchSlice } from './search.ts';
import { LogStore } from './store.ts';

const encode = (text: string) => new TextEncoder().encode(text);
const linesOf = (store: LogStore) => Array.from({ length: store.lineCount }, (_, i) => store.line(i));

describe('LogStore', () => {
	it('finds lines however the bytes are cut', () => {
		const text = 'eins\nzwei — ü\n\nvier 🚀 ende\nohne Ende';
		const bytes = encode(text);
		for (let size = 1; size <= bytes.length; size += 1) {
			const store = new LogStore();
			for (let at = 0; at < bytes.length; at += size) store.append(bytes.subarray(at, at + size));
			expect(linesOf(store)).toEqual(text.split('\n'));
			expect(store.byteLength).toBe(bytes.length);
		}
	});

	it('lets the last line grow', () => {
		const store = new LogStore();
		store.append('10%');
		expect(linesOf(store)).toEqual(['10%']);
		store.append('\r20%\n');
		expect(linesOf(store)).toEqual(['10%\r20%']);
		store.append('next');
		expect(linesOf(store)).toEqual(['10%\r20%', 'next']);
	});

	it('passes over bytes that came twice and refuses a gap', () => {
		const store = new LogStore();
		expect(store.appendAt(0, 'grün\n')).toBe(true);
		expect(store.appendAt(0, 'grün\nblau')).toBe(true);
		expect(store.appendAt(6, 'blau\n')).toBe(true);
		expect(store.appendAt(99, 'lost')).toBe(false);
		expect(linesOf(store)).toEqual(['grün', 'blau']);
		expect(store.byteLength).toBe(11);
	});

	it('reads lines that lie across chunks', () => {
		const store = new LogStore();
		const long = 'x'.repeat((1 << 20) - 5);
		store.append(`${long}\nacross the border\nend\n`);
		expect(store.line(0)).toHaveLength(long.length);
		expect(store.line(1)).toBe('across the border');
		expect(store.lines(1, 3)).toBe('across the border\nend');
	});

	it('holds a hundred thousand lines', () => {
		const store = new LogStore();
		const text = Array.from({ length: 100_000 }, (_, i) => `line ${i + 1}\n`).join('');
		store.append(encode(text));
		expect(store.lineCount).toBe(100_000);
		expect(store.line(99_999)).toBe('line 100000');
		expect(store.line(54_320)).toBe('line 54321');
	});

	it('counts complete lines by their level', () => {
		const store = new LogStore();
		store.append(
			'2026-01-31T09:05:00.123Z \x1b[31merror\x1b[0m: no\n2026-01-31T09:05:00.124Z npm warn old\nerro'
		);
		expect([store.errorCount, store.warningCount]).toEqual([1, 1]);
		store.append('r: now complete\n');
		expect(store.errorCount).toBe(2);
		expect(store.levelLine('error', 1)).toBe(2);
	});

	it('finds the first line of a time', () => {
		const store = new LogStore();
		for (let s = 10; s < 20; s += 1) store.append(`2026-01-31T09:05:${s}.000Z second ${s}\n`);
		expect(store.lineAt('2026-01-31T09:05:12.500Z')).toBe(3);
		expect(store.lineAt('2026-01-31T09:00:00.000Z')).toBe(0);
		expect(store.lineAt('2026-01-31T10:00:00.000Z')).toBe(-1);
	});
});

describe('search', () => {
	it('finds text across colours, not in times, whatever the case', () => {
		const store = new LogStore();
		store.append('2026-01-31T09:05:00.123Z Can\x1b[31mnot\x1b[0m find\n2026-01-31T09:05:00.124Z other\n');
		expect(searchSlice(store, 'cannot', 0, 2)).toEqual([0]);
		expect(searchSlice(store, '2026', 0, 2)).toEqual([]);
	});

	it('takes up lines that come later, each once', () => {
		const store = new LogStore();
		const search = new LogSearch(store, 'Hit');
		store.append('hit one\nmiss\nhit tw');
		while (search.step());
		expect(search.hits).toEqual([0, 2]);
		store.append('o\nhit three\n');
		while (search.step());
		expect(search.hits).toEqual([0, 2, 3]);
	});
});
