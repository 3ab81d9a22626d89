import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds with a fraction, never going back. */
export const now = (): number => performance.now();

/** Asks until the answer is no null; how often is the caller's compromise between resolution and disturbance. */
export async function until<T>(
	what: string,
	limitMs: number,
	pauseMs: number,
	ask: () => Promise<T | null>
): Promise<T> {
	const end = now() + limitMs;
	for (;;) {
		const answer = await ask();
		if (answer !== null) return answer;
		if (now() > end) throw new Error(`${what}: nothing within ${limitMs / 1000} s.`);
		await sleep(pauseMs);
	}
}
