/** Reads a list page by page until enough of it matches: a search in a list that is only given in pages. Pure. */
import type { List } from './types.ts';

export interface Gathered<T> {
	items: T[];
	/** Where to go on; null at the end of the list. */
	next_cursor: string | null;
	/** How many entries were looked at. */
	read: number;
}

/** Ends with at least `wanted` matches, at the end of the list, or after `mostPages`: one view may cost only so much. */
export async function gather<T>(
	page: (cursor: string | null) => Promise<List<T>>,
	matches: (item: T) => boolean,
	{ from, wanted, mostPages }: { from: string | null; wanted: number; mostPages: number }
): Promise<Gathered<T>> {
	const items: T[] = [];
	let cursor = from;
	let read = 0;
	for (let n = 0; n < mostPages; n += 1) {
		const list = await page(cursor);
		read += list.items.length;
		items.push(...list.items.filter(matches));
		cursor = list.next_cursor;
		if (cursor === null || items.length >= wanted) break;
	}
	return { items, next_cursor: cursor, read };
}
