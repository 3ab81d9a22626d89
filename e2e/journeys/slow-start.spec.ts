import { NewProjectPage } from '../pages/new-project-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';
import { answering, nodeApp } from '../support/apps.ts';
import { Repository } from '../support/repository.ts';
import { refusedForm } from '../support/problems.ts';
import { expect, nobody, test, type Page } from '../support/test.ts';

/** Holds every script back, as a slow connection does; the returned function lets them come. */
async function holdScripts(page: Page): Promise<() => void> {
	let release = () => {};
	const released = new Promise<void>((resolve) => (release = resolve));
	await page.route('**/*.js', async (route) => {
		await released;
		await route.continue();
	});
	return release;
}

test('what is typed before the scripts have come stays', async ({ page }) => {
	const repository = await Repository.create('slow-start', nodeApp(answering("'ok'")));
	const form = new NewProjectPage(page);
	const release = await holdScripts(page);
	await page.goto('/projects/new', { waitUntil: 'commit' });
	await form.address.fill(repository.address);
	await page.getByText('Branch and folder').click();
	await form.branch.fill('main');
	release();
	await page.waitForLoadState('networkidle');
	await expect(form.address).toHaveValue(repository.address);
	await expect(form.branch).toBeVisible();
	await expect(form.branch).toHaveValue('main');
	await page.getByRole('button', { name: 'Read repository' }).click();
	await expect(form.found).toBeVisible();
});

test('what is typed stays while news come in', async ({ page, api, problems }) => {
	problems.allow(refusedForm);
	const repository = await Repository.create('news', nodeApp(answering("'ok'")));
	await repository.refuse('401');
	const project = await api.createProject({ name: 'news', git_url: repository.address });
	const form = new NewProjectPage(page);
	await form.goto();
	await page.waitForLoadState('networkidle');
	await form.address.fill('https://git.example.com/you/site.git');
	await page.getByText('Branch and folder').click();
	await api.deploy(project.id);
	await expect(page.getByRole('link', { name: 'news Deploy failed' })).toBeVisible();
	await expect(form.address).toHaveValue('https://git.example.com/you/site.git');
	await expect(form.branch, 'what was unfolded stays unfolded').toBeVisible();
	await form.address.fill(repository.address);
	await page.getByRole('button', { name: 'Read repository' }).click();
	await expect(page.locator('#git_url-error')).toBeVisible();
	await expect(form.branch, 'also while the form is read').toBeVisible();
});

test.describe('signing in', () => {
	test.use({ storageState: nobody });

	test('what a password manager fills in before the scripts have come stays', async ({ page }) => {
		const signIn = new SignInPage(page);
		const release = await holdScripts(page);
		await page.goto('/login', { waitUntil: 'commit' });
		await signIn.email.fill('lena@example.com');
		await signIn.password.fill('something');
		release();
		await page.waitForLoadState('networkidle');
		await expect(signIn.email).toHaveValue('lena@example.com');
		await expect(signIn.password).toHaveValue('something');
	});
});
