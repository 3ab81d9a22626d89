import { defineConfig } from '@playwright/test';
import { chromium } from './support/browser.ts';

/** Several processes of each role on one PostgreSQL and one Redis: a stack of its own, whose parts are killed while it works. */
export default defineConfig({
	testDir: 'instances',
	outputDir: 'test-results',
	globalSetup: './instances/stack.ts',
	workers: 1,
	fullyParallel: false,
	forbidOnly: true,
	retries: 0,
	timeout: 120_000,
	expect: { timeout: 15_000 },
	reporter: 'list',
	use: { ...chromium, actionTimeout: 15_000, navigationTimeout: 30_000, screenshot: 'only-on-failure' }
});
