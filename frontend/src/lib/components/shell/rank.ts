/** Fuzzy order: all letters in order; better at word beginnings and in a row. An empty query keeps the order. */
export function score(text: string, query: string): number {
	const lower = text.toLowerCase();
	let at = 0;
	let total = 0;
	let run = 0;
	for (const char of query.toLowerCase()) {
		if (char === ' ') continue;
		const found = lower.indexOf(char, at);
		if (found < 0) return -1;
		run = found === at && at > 0 ? run + 1 : 0;
		const wordStart = found === 0 || /[^a-z0-9]/.test(lower[found - 1] ?? ' ');
		total += 1 + run * 2 + (wordStart ? 3 : 0) - Math.min(2, (found - at) * 0.05);
		at = found + 1;
	}
	return total - lower.length * 0.01;
}

export function rank<T>(entries: T[], query: string, textOf: (entry: T) => string): T[] {
	if (query.trim() === '') return entries;
	return entries
		.map((entry) => ({ entry, value: score(textOf(entry), query) }))
		.filter(({ value }) => value > 0)
		.sort((a, b) => b.value - a.value)
		.map(({ entry }) => entry);
}
