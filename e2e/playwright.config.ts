import { defineConfig } from '@playwright/test';
import { chromium } from './support/browser.ts';

/** The whole real stack, one browser, one worker: journeys share a server as people do. */
export default defineConfig({
	testDir: 'journeys',
	outputDir: 'test-results',
	globalSetup: './stack.ts',
	workers: 1,
	fullyParallel: false,
	forbidOnly: true,
	retries: 0,
	timeout: 90_000,
	expect: { timeout: 15_000 },
	reporter: 'list',
	use: { ...chromium, actionTimeout: 15_000, navigationTimeout: 30_000, screenshot: 'only-on-failure' },
	projects: [
		// Creates the administrator whom all other journeys are.
		{ name: 'first visit', testMatch: 'first-visit.spec.ts' },
		{ name: 'journeys', testIgnore: 'first-visit.spec.ts', dependencies: ['first visit'] }
	]
});
