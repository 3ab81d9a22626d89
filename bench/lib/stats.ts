/** Numbers out of samples. */

const sorted = (samples: readonly number[]): number[] => [...samples].sort((a, b) => a - b);

/** The nearest rank: a value that was really measured. `share` 0.5 of an even count is the lower one of the middle. */
export function percentile(samples: readonly number[], share: number): number {
	if (samples.length === 0) throw new Error('There are no samples.');
	const ordered = sorted(samples);
	const rank = Math.max(1, Math.ceil(share * ordered.length));
	return ordered[rank - 1] as number;
}

/** The mean of the middle two when the count is even. */
export function median(samples: readonly number[]): number {
	if (samples.length === 0) throw new Error('There are no samples.');
	const ordered = sorted(samples);
	const middle = Math.floor(ordered.length / 2);
	if (ordered.length % 2 === 1) return ordered[middle] as number;
	return ((ordered[middle - 1] as number) + (ordered[middle] as number)) / 2;
}

/** Three digits that count: 0.0123, 1.23, 12.3, 12345. */
export function round(value: number): number {
	if (value === 0 || !Number.isFinite(value)) return value;
	const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
	return Number(value.toFixed(Math.min(digits, 6)));
}
