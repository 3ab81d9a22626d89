import { SignInPage } from '../pages/sign-in-page.ts';
import { refusedForm } from '../support/problems.ts';
import { administrator, shared } from '../support/shared.ts';
import { expect, nobody, test } from '../support/test.ts';

test.use({ storageState: nobody });

test('a wrong password is told without saying what was wrong, and the address stays', async ({
	page,
	problems
}) => {
	problems.allow(refusedForm);
	const signIn = new SignInPage(page);
	await signIn.goto();
	await signIn.signIn(administrator.email, 'not the password');
	await expect(signIn.alert).toHaveText('The e-mail address or the password is wrong.');
	await expect(signIn.email).toHaveValue(administrator.email);

	await signIn.signIn('nobody@example.com', 'not the password');
	await expect(signIn.alert).toHaveText('The e-mail address or the password is wrong.');
	await expect(signIn.email).toHaveValue('nobody@example.com');
});

test('signing in leads back to the page that was asked for', async ({ page }) => {
	await page.goto('/projects?sort=name');
	await expect(page).toHaveURL(/\/login\?next=/);
	await new SignInPage(page).signIn();
	await expect(page).toHaveURL(`${shared().url}/projects?sort=name`);
});

for (const next of [
	'//evil.example.com/',
	'/\\evil.example.com',
	'https://evil.example.com/',
	'javascript:alert(1)'
]) {
	test(`signing in never leads to ${next}`, async ({ page }) => {
		const signIn = new SignInPage(page);
		await signIn.goto(next);
		await signIn.signIn();
		await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
		expect(page.url()).toBe(`${shared().url}/`);
	});
}
