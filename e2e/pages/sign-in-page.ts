import type { Locator, Page } from '@playwright/test';
import { administrator } from '../support/shared.ts';

export class SignInPage {
	readonly page: Page;
	readonly email: Locator;
	readonly password: Locator;
	readonly alert: Locator;

	constructor(page: Page) {
		this.page = page;
		this.email = page.getByLabel('E-mail');
		this.password = page.getByLabel('Password', { exact: true });
		this.alert = page.getByRole('alert');
	}

	async goto(next?: string): Promise<void> {
		await this.page.goto(next === undefined ? '/login' : `/login?next=${encodeURIComponent(next)}`);
	}

	async signIn(email = administrator.email, password = administrator.password): Promise<void> {
		await this.email.fill(email);
		await this.password.fill(password);
		await this.page.getByRole('button', { name: 'Sign in' }).click();
	}
}
