/** Finds the lines that hold a text, in slices, so that the page never stands still on a long log. */
import { stripAnsi } from './ansi.ts';
import { splitTime } from './line.ts';
import type { LogStore } from './store.ts';

const linesPerSlice = 4000;
const sliceMs = 8;

// eslint-disable-next-line no-control-regex
const hasControls = /[\x00-\x08\x0b-\x1f\x7f]/;

/** Lines of [from, to) that hold `needle`, which is in lower case. Times are not searched. */
export function searchSlice(store: LogStore, needle: string, from: number, to: number): number[] {
	const hits: number[] = [];
	const block = store.lines(from, to);
	if (!hasControls.test(block) && !block.toLowerCase().includes(needle)) return hits;
	block.split('\n').forEach((line, index) => {
		if (stripAnsi(splitTime(line).text).toLowerCase().includes(needle)) hits.push(from + index);
	});
	return hits;
}

export class LogSearch {
	readonly #store: LogStore;
	readonly #needle: string;
	#next = 0;
	hits: number[] = [];

	constructor(store: LogStore, text: string) {
		this.#store = store;
		this.#needle = text.toLowerCase();
	}

	/** Searches on for about eight milliseconds; false when nothing is left. Also takes up lines that came later. */
	step(): boolean {
		const until = performance.now() + sliceMs;
		while (this.#needle !== '' && this.#next < this.#store.lineCount) {
			const to = Math.min(this.#next + linesPerSlice, this.#store.lineCount);
			const found = searchSlice(this.#store, this.#needle, this.#next, to);
			// The last line may still grow: look at it again next time.
			const complete = to === this.#store.lineCount ? to - 1 : to;
			for (const hit of found) if (hit < complete || hit !== this.hits.at(-1)) this.#add(hit);
			this.#next = complete;
			if (to === this.#store.lineCount) return false;
			if (performance.now() > until) return true;
		}
		return false;
	}

	#add(hit: number): void {
		const last = this.hits.at(-1);
		if (last === undefined || hit > last) this.hits.push(hit);
	}
}
