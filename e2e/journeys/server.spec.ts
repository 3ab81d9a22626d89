import { existsSync } from 'node:fs';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shared } from '../support/shared.ts';
import { expect, test } from '../support/test.ts';

/** What a project that is no more has left behind, two hours ago. */
async function leftovers(): Promise<string> {
	const folder = join(shared().data, 'sites', '999999', '1');
	await mkdir(folder, { recursive: true });
	await writeFile(join(folder, 'old.bin'), Buffer.alloc(3 * 1024 * 1024));
	const before = new Date(Date.now() - 2 * 3600_000);
	await utimes(folder, before, before);
	return folder;
}

test('the server page tells what takes up the disk, and removes what somebody agrees to', async ({
	page
}) => {
	await page.goto('/');
	await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Server' }).click();
	await expect(page.getByRole('heading', { name: 'Server', level: 1 })).toBeVisible();
	const card = (title: string) =>
		page.locator('section', { has: page.getByRole('heading', { name: title, exact: true }) });

	for (const part of ['Panel', 'Docker', 'Caddy', 'Database']) {
		await expect(card('Parts').getByRole('listitem').filter({ hasText: part })).toContainText('answers');
	}
	for (const what of ['Images of releases', 'Build cache', 'Logs', 'Repositories', 'Database']) {
		await expect(card('Disk').getByRole('row', { name: what })).toContainText(/\d (B|KB|MB|GB)/);
	}
	await expect(card('Disk')).toContainText('At the present pace');
	await expect(card('Limits').getByRole('row', { name: 'Memory' })).toContainText(/\d (MB|GB)/);
	await expect(card('Limits')).toContainText('1 build at a time.');

	const folder = await leftovers();
	const removable = card('Can be removed');
	await removable.getByRole('button', { name: 'Look again' }).click();
	const left = removable.getByRole('listitem').filter({ hasText: '999999' });
	await expect(left).toContainText('Its project was deleted.');
	await expect(left).toContainText(/\d MB/);
	expect(existsSync(folder), 'looking removes nothing').toBe(true);

	await removable.getByText('Clean up…').click();
	await removable.getByRole('button', { name: 'Remove them' }).click();
	await expect(page.getByText(/removed, .* freed\.$/)).toBeVisible({ timeout: 60_000 });
	expect(existsSync(folder)).toBe(false);
});
