import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { DeploymentPage } from '../pages/deployment-page.ts';
import { SetupPage } from '../pages/setup-page.ts';
import { Api } from '../support/api.ts';
import { answering, fixture, nodeApp, sveltePage } from '../support/apps.ts';
import { Repository } from '../support/repository.ts';
import { administrator, shared } from '../support/shared.ts';

const folder = join(import.meta.dirname, '..', '..', 'docs', 'screenshots');
const mostBytes = 200_000;

async function take(page: Page, name: string): Promise<void> {
	const path = join(folder, `${name}.png`);
	await page.mouse.move(0, 0);
	await page.evaluate(() => document.fonts.ready);
	await page.screenshot({ path, animations: 'disabled' });
	expect((await stat(path)).size, `${name}.png is small enough for a README`).toBeLessThan(mostBytes);
}

/** Prints for as long as the pictures take. */
const longBuild = `for (let n = 1; n <= 400; n += 1) {
	console.log(\`\\u001b[36mcompiling\\u001b[0m route \${n}\`);
	await new Promise((resolve) => setTimeout(resolve, 100));
}
`;

async function makeProjects(api: Api): Promise<{ id: number; deployment: number }> {
	const docs = await Repository.create('harbour-docs', await fixture('static-html'), 'docs: opening hours');
	await api.liveProject({ name: 'harbour-docs', git_url: docs.address });

	const relay = await Repository.create('mail-relay', nodeApp(answering("'relay'")), 'feat: relay mail');
	const { project } = await api.liveProject({ name: 'mail-relay', git_url: relay.address });
	await relay.push({ 'server.js': "import '@acme/smtp';\n" }, 'refactor: use the shared SMTP client');
	await api.deploy(project.id);

	const atlas = await Repository.create(
		'atlas-web',
		await fixture('sveltekit-adapter-auto'),
		'feat: first page'
	);
	const { project: web } = await api.liveProject({ name: 'atlas-web', git_url: atlas.address });
	await atlas.push(sveltePage('Atlas'), 'feat: new start page');
	const second = await api.deploy(web.id);

	const billing = await Repository.create(
		'billing-api',
		{
			...nodeApp(answering("'billing'"), { build: 'node build.js' }),
			'build.js': longBuild
		},
		'feat: invoices as PDF'
	);
	const { id } = await api.createProject({ name: 'billing-api', git_url: billing.address });
	await api.json('POST', `/projects/${id}/deployments`, {});
	return { id: web.id, deployment: second.id };
}

test('pictures of the README', async ({ page, context }) => {
	await page.goto(shared().setupUrl);
	await new SetupPage(page).create(administrator);
	await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
	await context.addCookies([{ name: 'panel_theme', value: 'dark', url: shared().url }]);
	const web = await makeProjects(await Api.signIn());

	await page.goto(shared().url);
	await expect(page.getByText(/^Building 0:[01][1-9]$/)).toBeVisible();
	await page.setViewportSize({ width: 1366, height: 620 });
	await take(page, 'dashboard-dark');

	await page.setViewportSize({ width: 1366, height: 900 });
	const deployment = new DeploymentPage(page);
	await page.goto(`${shared().url}/projects/${web.id}/deployments/${web.deployment}`);
	await deployment.log.isLive();
	await expect(deployment.status).toHaveText('Ready');
	await deployment.log.frame.getByRole('button', { name: 'Follow' }).click();
	await take(page, 'deployment-dark');
});
