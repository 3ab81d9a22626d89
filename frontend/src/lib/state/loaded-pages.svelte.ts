/**
 * A list that grows by "Load more". The link leads to the next page of the list, which is all that happens without scripts; with
 * them the rows that are there stay above it. What was loaded before is kept as it was: rows look for their news themselves.
 */
export class LoadedPages<Row extends { id: number }> {
	/** The rows before the page at `#next`, and how many pages they were. */
	#kept = $state.raw<Row[]>([]);
	#next = $state.raw<string | null>(null);

	/** The link was followed: these rows stay while the page at `cursor` is shown. */
	keep(rows: Row[], cursor: string | null): void {
		this.#kept = rows;
		this.#next = cursor;
	}

	/** All rows to show, when the page at `cursor` holds `rows`. */
	with(rows: Row[], cursor: string | null): Row[] {
		if (cursor === null || cursor !== this.#next) return rows;
		const here = new Set(rows.map((row) => row.id));
		return [...this.#kept.filter((row) => !here.has(row.id)), ...rows];
	}

	/** Whether the list begins with what was sent without a cursor. */
	isWhole(cursor: string | null): boolean {
		return cursor === null || cursor === this.#next;
	}
}
