import { setTimeout as pause } from 'node:timers/promises';

/** Asks until the answer is neither null, undefined nor false; a limit that passes is an error that says what was awaited. */
export async function until<T>(
	what: string,
	limitMs: number,
	ask: () => Promise<T | null | undefined | false> | T | null | undefined | false,
	pauseMs = 25
): Promise<T> {
	const end = performance.now() + limitMs;
	let trouble: unknown;
	for (;;) {
		try {
			const answer = await ask();
			if (answer !== null && answer !== undefined && answer !== false) return answer;
			trouble = undefined;
		} catch (error) {
			trouble = error;
		}
		if (performance.now() >= end) {
			throw new Error(`${what}: not within ${limitMs / 1000} s${trouble ? ` (${String(trouble)})` : ''}`);
		}
		await pause(pauseMs);
	}
}
