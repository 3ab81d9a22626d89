import { expect, type Locator, type Page } from '@playwright/test';

abstract class SettingsPage {
	readonly page: Page;
	readonly saved: Locator;
	readonly alert: Locator;

	constructor(page: Page) {
		this.page = page;
		this.saved = page.locator('main').getByRole('status');
		this.alert = page.getByRole('alert');
	}

	protected async open(id: number, section: string): Promise<void> {
		await this.page.goto(`/projects/${id}/settings${section && `/${section}`}`);
	}
}

export class BuildSettingsPage extends SettingsPage {
	async goto(id: number): Promise<void> {
		await this.open(id, '');
	}

	field(name: string): Locator {
		return this.page.locator(`#${name}`);
	}

	async save(): Promise<void> {
		await this.page.getByRole('button', { name: /^Save/ }).click();
		await expect(this.saved.filter({ hasText: 'Saved.' })).toBeVisible();
	}
}

export class ReleaseSettingsPage extends BuildSettingsPage {
	override async goto(id: number): Promise<void> {
		await this.open(id, 'release');
	}

	choice(label: 'Rolling' | 'Blue-green'): Locator {
		return this.page.getByRole('radio', { name: label });
	}

	problemOf(field: string): Locator {
		return this.page.locator(`#${field}-error`);
	}

	async press(): Promise<void> {
		await this.page.getByRole('button', { name: /^Save/ }).click();
	}
}

export class EnvironmentPage extends SettingsPage {
	async goto(id: number): Promise<void> {
		await this.open(id, 'environment');
	}

	row(key: string): Locator {
		return this.page.getByRole('listitem').filter({ has: this.page.getByText(key, { exact: true }) });
	}

	get text(): Locator {
		return this.page.getByLabel('Variables as text');
	}

	get changes(): Locator {
		return this.page.getByRole('list', { name: 'Changes' });
	}

	/** Pastes into the raw text, looks at the changes, saves them. */
	async paste(text: string): Promise<void> {
		await this.text.fill(text);
		await this.page.getByRole('button', { name: 'Show changes' }).click();
		await expect(this.changes).toBeVisible();
	}

	async saveChanges(): Promise<void> {
		await this.page.getByRole('button', { name: /^Save \d+ changes?$/ }).click();
		await expect(this.saved.filter({ hasText: 'saved.' })).toBeVisible();
	}

	async add(key: string, value: string): Promise<void> {
		const form = this.page.locator('form[action="?/save"]').last();
		await form.getByLabel('Key').fill(key);
		await form.getByLabel('Value').fill(value);
		await form.getByRole('button', { name: 'Add' }).click();
	}
}

export class DomainsPage extends SettingsPage {
	async goto(id: number): Promise<void> {
		await this.open(id, 'domains');
	}

	get field(): Locator {
		return this.page.getByLabel('Add a domain');
	}

	get problem(): Locator {
		return this.page.locator('#domain-error');
	}

	row(domain: string): Locator {
		return this.page
			.getByRole('listitem')
			.filter({ has: this.page.getByRole('link', { name: domain, exact: true }) });
	}

	async add(domain: string): Promise<void> {
		await this.field.fill(domain);
		await this.page.getByRole('button', { name: 'Add domain' }).click();
	}

	async remove(domain: string): Promise<void> {
		await this.page.getByRole('button', { name: `Remove ${domain}` }).click();
	}
}

export class GitPage extends SettingsPage {
	async goto(id: number): Promise<void> {
		await this.open(id, 'git');
	}

	/** The address for a git host and the secret, as somebody copies them from the page. */
	async webhook(host: 'GitHub' | 'Gitea, Forgejo'): Promise<{ url: string; secret: string }> {
		const value = (term: string) => this.page.locator('dt', { hasText: term }).locator('xpath=../dd[1]');
		await this.page.getByRole('button', { name: 'Show', exact: true }).click();
		await expect(value('Secret')).not.toContainText('•');
		return { url: await value(host).innerText(), secret: await value('Secret').innerText() };
	}
}

export class DangerPage extends SettingsPage {
	async goto(id: number): Promise<void> {
		await this.open(id, 'danger');
	}

	async delete(name: string): Promise<void> {
		await this.page.getByLabel(/^Type .* to confirm$/).fill(name);
		await this.page.getByRole('button', { name: 'Delete project' }).click();
	}
}
