import { describe, expect, it } from 'vitest';
import { gather } from './gather.ts';

/** The numbers 0 to 99 in pages of ten. */
const asked: (string | null)[] = [];
const page = async (cursor: string | null) => {
	asked.push(cursor);
	const from = Number(cursor ?? 0);
	return {
		items: Array.from({ length: 10 }, (_, i) => from + i),
		next_cursor: from + 10 < 100 ? String(from + 10) : null
	};
};
const search = (
	matches: (n: number) => boolean,
	wanted: number,
	mostPages = 20,
	from: string | null = null
) => {
	asked.length = 0;
	return gather(page, matches, { from, wanted, mostPages });
};

describe('gather', () => {
	it('reads no further than it has to', async () => {
		const found = await search((n) => n % 2 === 0, 7);
		expect(found).toEqual({ items: [0, 2, 4, 6, 8, 10, 12, 14, 16, 18], next_cursor: '20', read: 20 });
		expect(asked).toEqual([null, '10']);
	});
	it('ends at the end of the list', async () =>
		expect(await search((n) => n === 99, 5)).toEqual({ items: [99], next_cursor: null, read: 100 }));
	it('gives up after so many pages, and says where to go on', async () => {
		const found = await search(() => false, 1, 3);
		expect(found).toEqual({ items: [], next_cursor: '30', read: 30 });
		expect((await search((n) => n === 31, 1, 3, found.next_cursor)).items).toEqual([31]);
	});
});
