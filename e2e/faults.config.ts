import { defineConfig } from '@playwright/test';

/**
 * Faults: each file starts servers of its own, and no browser. One after the other: they would take the time from each other.
 * PANEL_FAULTS_SHORT=1: those with the tag @short, for the ordinary run of all tests.
 */
export default defineConfig({
	testDir: 'faults',
	outputDir: 'test-results',
	workers: 1,
	fullyParallel: false,
	forbidOnly: true,
	retries: 0,
	timeout: 180_000,
	grep: process.env.PANEL_FAULTS_SHORT === '1' ? /@short/ : undefined,
	expect: { timeout: 15_000 },
	reporter: 'list'
});
