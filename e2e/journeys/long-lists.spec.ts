import { answering, nodeApp } from '../support/apps.ts';
import type { Api, Deployment, Project } from '../support/api.ts';
import { Repository } from '../support/repository.ts';
import { nobody, expect, test, type Page } from '../support/test.ts';
import { SignInPage } from '../pages/sign-in-page.ts';

test.describe.configure({ mode: 'serial' });
test.setTimeout(180_000);

const prefix = 'berth';
const projectCount = 64;
const deploymentCount = 34;
let project: Project;

const cards = (page: Page) => page.locator('main article');
const rows = (page: Page) => page.locator('main ul').getByRole('listitem');
const loadMore = (page: Page) => page.getByRole('link', { name: 'Load more' });

/** Asked for faster than anything can be built: each replaces the one that waits. */
async function manyDeployments(api: Api, id: number): Promise<void> {
	for (let n = 0; n < deploymentCount; n += 1) {
		await api.json<Deployment>('POST', `/projects/${id}/deployments`, {});
	}
	const { latest_deployment } = await api.project(id);
	await api.send('POST', `/deployments/${latest_deployment?.id}/cancel`, {});
	await api.ended(latest_deployment?.id ?? 0);
}

test.beforeAll(async ({ api }) => {
	const known = await api.find(`${prefix}-1`);
	if (known) {
		project = known;
		return;
	}
	const repository = await Repository.create(prefix, nodeApp(answering("'berth'")));
	for (let n = projectCount; n >= 1; n -= 1) {
		project = await api.createProject({ name: `${prefix}-${n}`, git_url: repository.address });
	}
	await manyDeployments(api, project.id);
});

test.afterAll(async ({ api }) => {
	const { items } = await api.json<{ items: Project[] }>('GET', '/projects?limit=100');
	for (const { id, name } of items) {
		if (name.startsWith(`${prefix}-`)) await api.send('DELETE', `/projects/${id}`);
	}
});

test('more projects are loaded below those that are there, and the filter finds what is not', async ({
	page
}) => {
	await page.goto('/projects');
	await expect(cards(page)).toHaveCount(60);
	const first = await cards(page).first().innerText();
	await loadMore(page).click();
	await expect.poll(() => cards(page).count()).toBeGreaterThanOrEqual(projectCount);
	await expect(cards(page).first(), 'nothing that was there moved away').toHaveText(first, {
		useInnerText: true
	});
	await expect(loadMore(page)).toBeHidden();

	await page.goto('/projects');
	await page.getByLabel('Filter projects').fill(`${prefix}-64`);
	await expect(cards(page)).toHaveCount(1);
	await expect(cards(page)).toContainText(`${prefix}-64`);
	await page.getByLabel('Filter projects').fill('no such name');
	await expect(page.getByText('No project is called that')).toBeVisible();
});

test('deployments go on below, and news still come in above', async ({ page, api }) => {
	await page.goto(`/projects/${project.id}/deployments`);
	await expect(rows(page)).toHaveCount(30);
	await loadMore(page).click();
	await expect(rows(page)).toHaveCount(deploymentCount);
	await expect(loadMore(page)).toBeHidden();

	const { id } = await api.json<Deployment>('POST', `/projects/${project.id}/deployments`, {});
	await expect(rows(page).first()).toContainText(`#${id}`);
	await expect(rows(page)).toHaveCount(deploymentCount + 1);
	await api.send('POST', `/deployments/${id}/cancel`, {});
	await api.ended(id);

	await page.reload();
	await expect(rows(page), 'the address is that of the rest').not.toHaveCount(deploymentCount + 1);
	await page.getByRole('link', { name: 'Newest' }).click();
	await expect(rows(page)).toHaveCount(30);
});

test.describe('without scripts', () => {
	test.use({ javaScriptEnabled: false, storageState: nobody });

	test('the rest is one link away', async ({ page }) => {
		await page.goto('/projects');
		await new SignInPage(page).signIn();
		await expect(cards(page)).toHaveCount(60);
		await loadMore(page).click();
		await expect.poll(() => cards(page).count()).toBeLessThan(60);
		await page.getByRole('link', { name: 'Newest' }).click();
		await expect(cards(page)).toHaveCount(60);
		await page.goto(`/projects?q=${prefix}-64`);
		await expect(cards(page)).toHaveCount(1);
	});
});
