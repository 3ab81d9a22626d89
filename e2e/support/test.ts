/** Playwright's `test` as journeys need it: signed in, watched for errors, with the API beside the page. */
import { test as base, type BrowserContext } from '@playwright/test';
import { Api } from './api.ts';
import { Problems } from './problems.ts';
import { sessionFile, shared } from './shared.ts';
import { keepSteady } from './steady.ts';

interface Fixtures {
	problems: Problems;
	/** A second browser context, watched as the first one is; nobody is signed in there. */
	stranger: BrowserContext;
}

export const test = base.extend<Fixtures, { api: Api }>({
	baseURL: async ({}, use) => use(shared().url),
	storageState: sessionFile,
	problems: [
		async ({ context }, use) => {
			const problems = new Problems();
			problems.watch(context);
			await use(problems);
			problems.check();
		},
		{ auto: true }
	],
	stranger: async ({ browser, problems, baseURL, viewport, locale }, use) => {
		const context = await browser.newContext({ baseURL, viewport, locale, storageState: nobody });
		problems.watch(context);
		await use(context);
		await context.close();
	},
	page: async ({ page }, use) => {
		keepSteady(page);
		await use(page);
	},
	api: [async ({}, use) => use(await Api.signIn()), { scope: 'worker' }]
});

export const nobody = { cookies: [], origins: [] };

export { expect, type Page, type Locator } from '@playwright/test';
