import { defineConfig } from '@playwright/test';
import { chromium } from './support/browser.ts';

/** Takes the pictures of the README from a real stack: `npm run screenshots`. */
export default defineConfig({
	testDir: 'screenshots',
	testMatch: '*.shots.ts',
	outputDir: 'test-results',
	globalSetup: './stack.ts',
	workers: 1,
	timeout: 600_000,
	expect: { timeout: 30_000 },
	reporter: 'list',
	use: { ...chromium, viewport: { width: 1366, height: 900 } }
});
