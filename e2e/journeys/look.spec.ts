import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { NewProjectPage } from '../pages/new-project-page.ts';
import { fixture } from '../support/apps.ts';
import { Repository } from '../support/repository.ts';
import { expect, test, type Page } from '../support/test.ts';
import { tour, type Stop } from '../support/tour.ts';

test.describe.configure({ mode: 'serial' });
test.setTimeout(240_000);

const pictures = join(import.meta.dirname, '..', 'test-results', 'screenshots');
const widths = [320, 390, 768, 1024, 1366];
let stops: Stop[];

/** Everything that the scripts add after the first render is there. */
async function settle(page: Page): Promise<void> {
	await page.waitForLoadState('networkidle');
	await page.evaluate(() => document.fonts.ready);
}

async function useTheme(page: Page, baseURL: string | undefined, theme: 'dark' | 'light'): Promise<void> {
	await page.context().addCookies([{ name: 'panel_theme', value: theme, url: baseURL ?? '' }]);
}

async function violations(page: Page): Promise<string[]> {
	const { violations } = await new AxeBuilder({ page })
		.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
		.analyze();
	return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`));
}

/** What sticks out to the right of the window. */
function overflow(page: Page): Promise<string[]> {
	return page.evaluate(() => {
		const root = document.documentElement;
		if (root.scrollWidth <= root.clientWidth) return [];
		const wide = [...document.querySelectorAll('body *')].filter(
			(element) => element.getBoundingClientRect().right > root.clientWidth + 0.5
		);
		return [
			`${root.scrollWidth} > ${root.clientWidth}`,
			...wide.slice(0, 5).map((e) => e.outerHTML.slice(0, 120))
		];
	});
}

test.beforeAll(async ({ api }) => {
	stops = await tour(api);
	await mkdir(pictures, { recursive: true });
});

for (const theme of ['dark', 'light'] as const) {
	test(`every page is accessible in ${theme}`, async ({ page, stranger, baseURL, problems }) => {
		problems.allow(/status of 404/);
		const outside = await stranger.newPage();
		for (const { name, path, signedIn } of stops) {
			const shown = signedIn ? page : outside;
			await useTheme(shown, baseURL, theme);
			await shown.goto(path);
			await settle(shown);
			await expect(shown.locator('html')).toHaveClass(new RegExp(`\\b${theme}\\b`));
			await shown.screenshot({ path: join(pictures, `${name}-${theme}-1366.png`), fullPage: true });
			expect.soft(await violations(shown), `${name} in ${theme}`).toEqual([]);
		}
	});
}

test('no page is wider than its window', async ({ page, stranger, baseURL, problems }) => {
	problems.allow(/status of 404/);
	const outside = await stranger.newPage();
	for (const { name, path, signedIn } of stops) {
		const shown = signedIn ? page : outside;
		await useTheme(shown, baseURL, 'dark');
		await shown.goto(path);
		await settle(shown);
		for (const width of widths) {
			await shown.setViewportSize({ width, height: 844 });
			expect.soft(await overflow(shown), `${name} at ${width}`).toEqual([]);
			if (width === 390 || width === 768) {
				await shown.screenshot({ path: join(pictures, `${name}-dark-${width}.png`), fullPage: true });
			}
		}
	}
});

test('the review of a new project is accessible and fits, dialogs and palette too', async ({
	page,
	baseURL
}) => {
	const repository = await Repository.create('review', await fixture('node-server'));
	const form = new NewProjectPage(page);
	for (const theme of ['dark', 'light'] as const) {
		await useTheme(page, baseURL, theme);
		await page.setViewportSize({ width: 1366, height: 900 });
		await form.goto();
		await form.read(repository.address);
		await expect(form.found).toBeVisible();
		await page.screenshot({ path: join(pictures, `review-${theme}-1366.png`), fullPage: true });
		expect.soft(await violations(page), `review in ${theme}`).toEqual([]);
		for (const width of widths) {
			await page.setViewportSize({ width, height: 844 });
			expect.soft(await overflow(page), `review at ${width}`).toEqual([]);
			if (width === 390)
				await page.screenshot({ path: join(pictures, `review-${theme}-390.png`), fullPage: true });
		}
		await page.setViewportSize({ width: 1366, height: 900 });
		await page.keyboard.press('ControlOrMeta+k');
		await expect(page.getByRole('dialog', { name: 'Search or jump to' })).toBeVisible();
		await page.screenshot({ path: join(pictures, `palette-${theme}-1366.png`) });
		expect.soft(await violations(page), `palette in ${theme}`).toEqual([]);
		await page.keyboard.press('Escape');
	}
});
