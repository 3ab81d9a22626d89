import { describe, expect, it } from 'vitest';
import { FreshData } from './fresh-data.ts';

/** Reads that end when the test says so, and a router that is under way when it says so. */
function world() {
	const reads: (() => void)[] = [];
	const router = { navigating: false };
	const data = new FreshData(
		() => new Promise<void>((resolve) => reads.push(resolve)),
		() => router.navigating
	);
	const end = async (n: number) => {
		reads[n]?.();
		await new Promise((resolve) => setTimeout(resolve));
	};
	return { data, reads, router, end };
}

describe('FreshData', () => {
	it('reads once for what comes at once, and once more for what came while it read', async () => {
		const { data, reads, end } = world();
		for (let i = 0; i < 20; i++) data.changed();
		expect(reads).toHaveLength(1);
		await end(0);
		expect(reads).toHaveLength(2);
		await end(1);
		expect(reads).toHaveLength(2);
		data.changed();
		expect(reads).toHaveLength(3);
	});
	it('waits for the end of a navigation, which may have read too early', () => {
		const { data, reads, router } = world();
		router.navigating = true;
		data.changed();
		expect(reads).toHaveLength(0);
		router.navigating = false;
		data.navigated();
		expect(reads).toHaveLength(1);
	});
	it('makes up for a read that a navigation has overtaken', async () => {
		const { data, reads, router, end } = world();
		data.changed();
		router.navigating = true;
		router.navigating = false;
		data.navigated();
		await end(0);
		expect(reads).toHaveLength(2);
	});
	it('reads nothing after a navigation without news', () => {
		const { data, reads } = world();
		data.navigated();
		expect(reads).toHaveLength(0);
	});
	it('goes on after a read that failed', async () => {
		let reads = 0;
		const data = new FreshData(
			() => (reads++ ? Promise.resolve() : Promise.reject(new Error('away'))),
			() => false
		);
		data.changed();
		await new Promise((resolve) => setTimeout(resolve));
		data.changed();
		expect(reads).toBe(2);
	});
});
