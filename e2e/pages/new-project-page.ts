import { expect, type Locator, type Page } from '@playwright/test';

type PlanLabel = 'Install' | 'Build' | 'Start' | 'Output folder' | 'Port' | 'Health check';

export class NewProjectPage {
	readonly page: Page;
	readonly address: Locator;
	readonly branch: Locator;
	readonly name: Locator;
	readonly alert: Locator;
	/** "Found, 1 branch, last commit now by Lena Berg: “First commit”" */
	readonly found: Locator;
	/** The card with what was detected. */
	readonly setup: Locator;
	readonly summary: Locator;
	readonly deploy: Locator;

	constructor(page: Page) {
		this.page = page;
		this.address = page.getByLabel('Address', { exact: true });
		this.branch = page.getByLabel('Branch', { exact: true });
		this.name = page.getByLabel('Name', { exact: true });
		this.alert = page.getByRole('alert');
		this.found = page.getByText(/^Found, /);
		this.setup = page.locator('section', { has: page.getByRole('heading', { name: 'Detected setup' }) });
		this.summary = page.getByRole('complementary', { name: 'Summary' });
		this.deploy = page.getByRole('button', { name: /^Deploy/ });
	}

	async goto(): Promise<void> {
		await this.page.goto('/projects/new');
	}

	async read(address: string): Promise<void> {
		await this.address.fill(address);
		await this.page.getByRole('button', { name: 'Read repository' }).click();
	}

	planned(label: PlanLabel): Locator {
		return this.setup.getByLabel(label, { exact: true });
	}

	/** Where a value was found: "lockfile", "script", "default" ... */
	async source(label: PlanLabel): Promise<string> {
		const id = await this.planned(label).getAttribute('id');
		return (await this.page.locator(`#${id}-source`).innerText()).trim();
	}

	/** What is said right below or beside a field. */
	problemOf(field: string): Locator {
		return this.page.locator(`#${field}-error`);
	}

	/** Presses Deploy and arrives at the page of the deployment. */
	async start(): Promise<void> {
		await this.deploy.click();
		await expect(this.page).toHaveURL(/\/projects\/\d+\/deployments\/\d+$/);
	}
}
