/** One server for all files of a run: each test brings the apps that it needs and leaves the server whole. */
import { test as base } from '@playwright/test';
import { Rig } from './rig.ts';

const startLimitMs = 120_000;

export const test = base.extend<{ visitorsLeave: undefined }, { rig: Rig }>({
	rig: [
		async ({}, use) => {
			const rig = await Rig.start();
			await use(rig);
			await rig.stop();
		},
		{ scope: 'worker', timeout: startLimitMs }
	],
	// What a later test does to the server is nothing to the sites of this one.
	visitorsLeave: [
		async ({ rig }, use) => {
			await use(undefined);
			await rig.leaveAlone();
		},
		{ auto: true }
	]
});

export { expect } from '@playwright/test';
