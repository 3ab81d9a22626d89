import { DeploymentPage } from '../pages/deployment-page.ts';
import { NewProjectPage } from '../pages/new-project-page.ts';
import { ProjectPage } from '../pages/project-page.ts';
import { EnvironmentPage, DangerPage, ReleaseSettingsPage } from '../pages/settings-pages.ts';
import { SignInPage } from '../pages/sign-in-page.ts';
import { answering, nodeApp } from '../support/apps.ts';
import { refusedForm } from '../support/problems.ts';
import { Repository } from '../support/repository.ts';
import { shared } from '../support/shared.ts';
import { expect, nobody, test, type Page } from '../support/test.ts';
import { visit } from '../support/visitor.ts';

test.use({ storageState: nobody, javaScriptEnabled: false });
test.setTimeout(240_000);

/** Without scripts the page looks again by itself, every few seconds, until it is over. */
async function waitUntilReady(page: Page): Promise<void> {
	const deployment = new DeploymentPage(page);
	await expect(deployment.status).toHaveText(/^(Ready|Failed|Cancelled)/, { timeout: 180_000 });
	await deployment.endsAs('Ready');
}

const app = (version: string) => nodeApp(answering(`'${version} ' + process.env.GREETING`));

test('everything that matters works without scripts', async ({ page, problems }) => {
	problems.allow(refusedForm);
	const repository = await Repository.create('plain-forms', app('first'));
	const deployment = new DeploymentPage(page);
	let ids = { project: 0, deployment: 0 };

	await test.step('sign in', async () => {
		await page.goto('/projects/new');
		await new SignInPage(page).signIn();
		await expect(page).toHaveURL(`${shared().url}/projects/new`);
	});

	await test.step('new project and first deployment', async () => {
		const form = new NewProjectPage(page);
		await form.read(repository.address);
		await expect(form.found).toBeVisible();
		await page.getByText('Paste a whole .env', { exact: true }).click();
		await page.getByLabel('A whole .env file').fill('GREETING=one\n');
		await form.start();
		ids = deployment.ids();
		await waitUntilReady(page);
		expect((await visit('plain-forms')).text).toBe('first one');
	});

	await test.step('the log is in the page', async () => {
		await expect(deployment.log.log).toContainText('==> ');
		await expect(deployment.log.log).toContainText('Live at http://plain-forms');
		await expect(deployment.log.frame.getByRole('link', { name: 'Download' })).toBeVisible();
	});

	await test.step('change the environment, deploy the next commit', async () => {
		const environment = new EnvironmentPage(page);
		await environment.goto(ids.project);
		await environment.paste('GREETING=two\n');
		await expect(environment.changes).toContainText('GREETING changed: one → two');
		await environment.saveChanges();
		await repository.push(app('second'), 'feat: second');
		await page.getByRole('button', { name: 'Deploy now' }).click();
		await waitUntilReady(page);
		expect((await visit('plain-forms')).text).toBe('second two');
	});

	await test.step('roll back', async () => {
		await deployment.goto(ids.project, ids.deployment);
		await deployment.rollBack();
		await waitUntilReady(page);
		expect((await visit('plain-forms')).text, 'with the variables that it had').toBe('first one');
	});

	await test.step('release settings, refused and saved', async () => {
		const settings = new ReleaseSettingsPage(page);
		await settings.goto(ids.project);
		await settings.field('memory_limit_mb').fill('2');
		await settings.press();
		await expect(settings.problemOf('memory_limit_mb')).toContainText('from 16 to');
		await settings.field('memory_limit_mb').fill('192');
		await settings.choice('Blue-green').check();
		await settings.save();
		await expect(settings.choice('Blue-green')).toBeChecked();
	});

	await test.step('the rollback is pinned: Deploy asks, then deploys', async () => {
		const project = new ProjectPage(page);
		await project.goto(ids.project);
		await expect(page.getByText(/^Pinned to #\d+/)).toBeVisible();
		await page.locator('main header').getByRole('button', { name: 'Deploy', exact: true }).click();
		await page.getByRole('button', { name: 'Release and deploy' }).click();
		await expect(page).toHaveURL(/\/deployments\/\d+$/);
		await waitUntilReady(page);
		expect((await visit('plain-forms')).text).toBe('second two');
		await project.goto(ids.project);
		await expect(page.getByText(/^Pinned to #\d+/)).toBeHidden();
	});

	await test.step('delete', async () => {
		const danger = new DangerPage(page);
		await danger.goto(ids.project);
		await danger.delete('plain-forms');
		await expect(page).toHaveURL(/\/projects$/);
		await expect.poll(async () => (await visit('plain-forms')).status).toBe(404);
	});

	await test.step('sign out', async () => {
		await page.getByRole('button', { name: 'Sign out' }).click();
		await expect(page).toHaveURL(/\/login$/);
	});
});
