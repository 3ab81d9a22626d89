import { defineConfig } from '@playwright/test';

/** Faults: each file starts servers of its own, and no browser. One after the other: they would take the time from each other. */
export default defineConfig({
	testDir: 'faults',
	outputDir: 'test-results',
	workers: 1,
	fullyParallel: false,
	forbidOnly: true,
	retries: 0,
	timeout: 180_000,
	expect: { timeout: 15_000 },
	reporter: 'list'
});
