import { describe, expect, it } from 'vitest';
import { LoadedPages } from './loaded-pages.svelte.ts';

const rows = (...ids: number[]) => ids.map((id) => ({ id }));

describe('LoadedPages', () => {
	it('keeps what was there above the page that was asked for', () => {
		const pages = new LoadedPages<{ id: number }>();
		pages.keep(pages.with(rows(9, 8), null), 'b');
		expect(pages.with(rows(7, 6), 'b')).toEqual(rows(9, 8, 7, 6));
		pages.keep(pages.with(rows(7, 6), 'b'), 'c');
		expect(pages.with(rows(5), 'c')).toEqual(rows(9, 8, 7, 6, 5));
		expect(pages.isWhole('c')).toBe(true);
	});
	it('shows nothing twice when the list has moved on meanwhile', () => {
		const pages = new LoadedPages<{ id: number }>();
		pages.keep(rows(9, 8), 'b');
		expect(pages.with(rows(8, 7), 'b')).toEqual(rows(9, 8, 7));
	});
	it('shows a page alone that was opened by its address, and the first after "Newest"', () => {
		const pages = new LoadedPages<{ id: number }>();
		expect(pages.with(rows(7), 'b')).toEqual(rows(7));
		expect(pages.isWhole('b')).toBe(false);
		pages.keep(rows(7), 'c');
		expect(pages.with(rows(9), null)).toEqual(rows(9));
	});
});
