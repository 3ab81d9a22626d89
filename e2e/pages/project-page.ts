import { expect, type Locator, type Page } from '@playwright/test';

export class ProjectPage {
	readonly page: Page;
	/** "Live", "Deploy failed", "Never deployed" */
	readonly state: Locator;
	readonly deployments: Locator;

	constructor(page: Page) {
		this.page = page;
		this.state = page.locator('main header [aria-live=polite]');
		this.deployments = page.locator('main ul').getByRole('listitem');
	}

	async goto(id: number, tab: '' | 'deployments' = ''): Promise<void> {
		await this.page.goto(`/projects/${id}${tab && `/${tab}`}`);
	}

	/** The button of the header, and the way to the deployment's page. */
	async deploy(): Promise<void> {
		await this.page.locator('main header').getByRole('button', { name: 'Deploy', exact: true }).click();
		await expect(this.page).toHaveURL(/\/deployments\/\d+$/);
	}
}
