/** What a person has set in a log viewer: follow, wrap, times, level filter, search, chosen lines. */
import { LogSearch } from '#lib/log/search.ts';
import type { LogFeed } from './log-feed.svelte.ts';

export type LevelFilter = 'all' | 'error' | 'warn';

export class LogView {
	readonly feed: LogFeed;
	/** Switched off by a person's scrolling only, never deduced from where the scroll bar is. */
	follow = $state(true);
	wrap = $state(false);
	times = $state(true);
	filter = $state<LevelFilter>('all');
	query = $state('');
	hits = $state.raw<number[]>([]);
	hit = $state(-1);
	/** Chosen lines, from 1; 0 for none. */
	selectedFrom = $state(0);
	selectedTo = $state(0);
	/** The line to bring into sight, with a counter so that the same line can be asked for twice. */
	target = $state.raw<{ line: number; turn: number } | null>(null);
	#seen = $state(0);
	#turn = 0;
	#search: LogSearch | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(feed: LogFeed) {
		this.feed = feed;
	}

	rows = $derived.by(() => {
		void this.feed.version;
		const { store } = this.feed;
		if (this.filter === 'error') return store.errorCount;
		return this.filter === 'warn' ? store.warningCount : store.lineCount;
	});

	/** Lines that came since following stopped. */
	unseen = $derived.by(() => (this.follow ? 0 : Math.max(0, this.rows - this.#seen)));

	/** The line (from 0) that a row shows. */
	lineOf(row: number): number {
		return this.filter === 'all' ? row : this.feed.store.levelLine(this.filter, row);
	}

	rowOf(line: number): number {
		if (this.filter === 'all') return line;
		let low = 0;
		let high = this.rows;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (this.lineOf(middle) < line) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	setFollow(on: boolean): void {
		if (this.follow === on) return;
		this.follow = on;
		this.#seen = this.rows;
	}

	setFilter(filter: LevelFilter): void {
		this.filter = filter;
		this.#seen = this.rows;
	}

	select(from: number, to = from): void {
		this.selectedFrom = Math.min(from, to);
		this.selectedTo = Math.max(from, to);
	}

	/** Shows a line (from 1) in the middle of the window and marks it. */
	goTo(from: number, to = from): void {
		this.setFollow(false);
		this.filter = 'all';
		this.select(from, to);
		this.#show(from - 1);
	}

	#show(line: number): void {
		this.#turn += 1;
		this.target = { line, turn: this.#turn };
	}

	setQuery(text: string): void {
		this.query = text;
		this.hits = [];
		this.hit = -1;
		this.#search = text === '' ? null : new LogSearch(this.feed.store, text);
		clearTimeout(this.#timer);
		if (this.#search) this.#timer = setTimeout(() => this.#run(), 120);
	}

	/** Takes up lines that came since. */
	searchOn(): void {
		if (this.#search) this.#run();
	}

	#run(): void {
		const search = this.#search;
		if (!search) return;
		const more = search.step();
		if (search.hits.length !== this.hits.length) this.hits = [...search.hits];
		// Goes to the first match by itself, once; which run finds it depends on how fast the log comes.
		if (this.hit < 0 && this.hits.length > 0) this.nextHit(1);
		clearTimeout(this.#timer);
		if (more) this.#timer = setTimeout(() => this.#run(), 0);
	}

	nextHit(step: 1 | -1): void {
		if (this.hits.length === 0) return;
		this.hit = this.hit < 0 ? 0 : (this.hit + step + this.hits.length) % this.hits.length;
		const line = this.hits[this.hit] ?? 0;
		this.setFollow(false);
		if (this.filter !== 'all') this.filter = 'all';
		this.#show(line);
	}

	/** The line (from 0) of the match that is looked at. */
	hitLine = $derived(this.hit < 0 ? -1 : (this.hits[this.hit] ?? -1));
}
