import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SetupPage } from '../pages/setup-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';
import { refusedForm } from '../support/problems.ts';
import { administrator, sessionFile, shared } from '../support/shared.ts';
import { expect, nobody, test } from '../support/test.ts';

test.use({ storageState: nobody });

test('the setup link makes the administrator, once, and its owner can come back', async ({
	page,
	context,
	stranger,
	problems
}) => {
	problems.allow(refusedForm);
	const { setupUrl, data } = shared();

	await test.step('before that, the sign-in page tells where the link is', async () => {
		await page.goto('/');
		await expect(page).toHaveURL(/\/login$/);
		await expect(page.getByText('There is no administrator yet.')).toBeVisible();
	});

	await test.step('a wrong code is refused and nothing typed is lost', async () => {
		await page.goto('/setup?token=not-the-token');
		await new SetupPage(page).create(administrator);
		await expect(page.getByRole('alert')).toContainText('This setup link is not valid');
		await expect(page.getByLabel('E-mail')).toHaveValue(administrator.email);
		await expect(page.getByLabel('Name', { exact: true })).toHaveValue(administrator.name);
	});

	await test.step('the real link leads to an empty overview', async () => {
		await page.goto(setupUrl);
		await new SetupPage(page).create(administrator);
		await expect(page).toHaveURL(`${shared().url}/`);
		await expect(page.getByRole('heading', { name: 'Deploy your first project' })).toBeVisible();
		await expect(page.getByLabel('Address of the git repository')).toBeVisible();
	});

	await test.step('nobody can use it again', async () => {
		expect(existsSync(join(data, 'setup-url'))).toBe(false);
		const other = await stranger.newPage();
		await other.goto(setupUrl);
		await expect(other).toHaveURL(/\/login$/);
		await expect(other.getByText('There is no administrator yet.')).toBeHidden();
	});

	await test.step('signing out ends the session, signing in starts another', async () => {
		const cookies = await context.cookies();
		await page.getByRole('button', { name: 'Sign out' }).click();
		await expect(page).toHaveURL(/\/login$/);
		await stranger.addCookies(cookies);
		const answer = await stranger.request.get('/api/v1/auth/me');
		expect(answer.status(), 'the old cookies are worth nothing').toBe(401);

		await new SignInPage(page).signIn();
		await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
		await context.storageState({ path: sessionFile });
	});
});
