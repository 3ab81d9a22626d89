import type { Page } from '@playwright/test';

export class SetupPage {
	readonly page: Page;

	constructor(page: Page) {
		this.page = page;
	}

	async create(person: { name: string; email: string; password: string }): Promise<void> {
		await this.page.getByLabel('Name', { exact: true }).fill(person.name);
		await this.page.getByLabel('E-mail').fill(person.email);
		await this.page.getByLabel('Password', { exact: true }).fill(person.password);
		await this.page.getByRole('button', { name: 'Create and sign in' }).click();
	}
}
