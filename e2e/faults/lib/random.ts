/** Numbers that a seed repeats (mulberry32, public domain): a failing choice of kills is made again by its seed. */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	/** From 0 to below `limit`. */
	below(limit: number): number {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let t = this.#state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) % limit;
	}

	pick<T>(from: readonly T[]): T {
		if (!from.length) throw new Error('There is nothing to choose from.');
		return from[this.below(from.length)] as T;
	}

	shuffled<T>(from: readonly T[]): T[] {
		const all = [...from];
		for (let i = all.length - 1; i > 0; i -= 1) {
			const j = this.below(i + 1);
			[all[i], all[j]] = [all[j] as T, all[i] as T];
		}
		return all;
	}
}
