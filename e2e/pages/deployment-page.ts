import { expect, type Locator, type Page } from '@playwright/test';
import { LogViewer } from './log-viewer.ts';

export type StageName = 'Queue' | 'Clone' | 'Detect' | 'Build' | 'Release' | 'Route' | 'Watch';
/** Those that each deployment has. */
export const stageNames: StageName[] = ['Queue', 'Clone', 'Detect', 'Build', 'Release', 'Route'];

export class DeploymentPage {
	readonly page: Page;
	readonly title: Locator;
	/** "Building 0:31", "Ready", "Failed" */
	readonly status: Locator;
	readonly current: Locator;
	readonly log: LogViewer;
	readonly whyFailed: Locator;

	constructor(page: Page) {
		this.page = page;
		this.title = page.getByRole('heading', { level: 1 });
		this.status = page.locator('main header [aria-live=polite]');
		this.current = page.locator('main header').getByText('Current', { exact: true });
		this.log = new LogViewer(page, 'Build log');
		this.whyFailed = page.getByRole('alert', { name: 'Why it failed' });
	}

	async goto(projectId: number, id: number): Promise<void> {
		await this.page.goto(`/projects/${projectId}/deployments/${id}`);
	}

	ids(): { project: number; deployment: number } {
		const match = /\/projects\/(\d+)\/deployments\/(\d+)/.exec(this.page.url());
		if (!match) throw new Error(`${this.page.url()} is no page of a deployment.`);
		return { project: Number(match[1]), deployment: Number(match[2]) };
	}

	stage(name: StageName): Locator {
		return this.page.getByRole('list', { name: 'Steps' }).getByRole('listitem').filter({ hasText: name });
	}

	/** Waits for the end; an end of another kind fails at once, with the page's own words. */
	async endsAs(word: 'Ready' | 'Failed' | 'Cancelled', timeout = 180_000): Promise<void> {
		await expect(this.status).toHaveText(/^(Ready|Failed|Cancelled|Superseded)/, { timeout });
		const reason = (await this.whyFailed.isVisible()) ? await this.whyFailed.innerText() : '';
		expect(await this.status.innerText(), reason).toBe(word);
	}

	async rollBack(): Promise<void> {
		await this.page.getByRole('link', { name: /^Roll back to/ }).click();
		// A dialog, or without scripts a page.
		await expect(this.page.getByRole('heading', { name: /^Roll back to deployment \d+\?$/ })).toBeVisible();
		await expect(this.page.getByText('nothing is built again')).toBeVisible();
		await expect(this.page.getByText('keep their present values for the next deployment')).toBeVisible();
		const before = this.page.url();
		await this.page.getByRole('button', { name: 'Roll back', exact: true }).click();
		await expect(this.page).toHaveURL(/\/deployments\/\d+$/);
		await expect(this.page).not.toHaveURL(before);
	}
}
