import { expect, type Locator, type Page } from '@playwright/test';

export class LogViewer {
	readonly page: Page;
	readonly frame: Locator;
	/** The scrolled box; only the lines in sight are in it. */
	readonly log: Locator;
	readonly search: Locator;

	constructor(page: Page, label: string) {
		this.page = page;
		this.frame = page.getByRole('region', { name: label });
		this.log = page.getByRole('log', { name: label });
		this.search = this.frame.getByLabel('Search this log');
	}

	/** The script has taken over from what the server rendered. */
	async isLive(): Promise<void> {
		await expect(this.search).toBeVisible();
	}

	line(number: number): Locator {
		return this.log.locator(`[data-line="${number}"]`);
	}

	/** The number at the foot: how many lines the viewer holds. */
	async lineCount(): Promise<number> {
		const text = await this.frame.getByText(/^[\d,]+ lines?$/).innerText();
		return Number(text.replace(/[^\d]/g, ''));
	}

	/** Everything that the viewer holds, by its own copy button. */
	async copied(): Promise<string> {
		await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		await this.frame.getByRole('button', { name: 'Copy the log' }).click();
		await expect(this.frame.getByRole('button', { name: 'Copied' })).toBeVisible();
		return this.page.evaluate(() => navigator.clipboard.readText());
	}
}
