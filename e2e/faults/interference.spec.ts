/** Somebody meddles by hand: what the record says is put back, or the deployment says what is wrong. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../support/command.ts';
import { containersOf } from '../support/docker.ts';
import { says, site } from './lib/apps.ts';
import { expect, test } from './lib/fixture.ts';

test('a container, a network, a marker, a link and a site file that somebody removed or changed come back', async ({
	rig
}) => {
	test.setTimeout(240_000);
	const app = await rig.app('meddled', says('r0'));
	const files = await rig.app('meddled-files', site('r0'));
	const slots = join(rig.data, 'caddy', 'slots');
	const siteFile = join(rig.data, 'caddy', 'sites', `${app.project.id}.caddy`);
	const text = await readFile(siteFile, 'utf8');
	await app.visitors?.excuse(async () => {
		await files.visitors?.excuse(async () => {
			await command('docker', ['rm', '-f', ...(await containersOf(app.project.id))]);
			const label = [
				'--filter',
				`label=vps-panel.data=${rig.data}`,
				'--filter',
				`label=vps-panel.project=${app.project.id}`
			];
			const network = (await command('docker', ['network', 'ls', '-q', ...label])).trim();
			await command('docker', ['network', 'rm', network]);
			await rm(join(slots, `${app.project.id}.live`), { force: true });
			await rm(join(slots, `${files.project.id}.static`), { force: true });
			await rm(join(rig.data, 'sites', String(files.project.id), 'current'));
			await writeFile(siteFile, text.replace(/reverse_proxy 127\.0\.0\.1:\d+/g, 'reverse_proxy 127.0.0.1:9'));
			expect(await rig.violations()).not.toEqual([]);
			await expect.poll(() => rig.violations(), { timeout: 90_000, intervals: [1000] }).toEqual([]);
			await expect.poll(() => readFile(siteFile, 'utf8'), { timeout: 60_000 }).toBe(text);
		});
	});
	expect((await rig.api.deploy(app.project.id)).status).toBe('success');
	expect(await rig.holds()).toEqual([]);
});

test('an image that somebody removed cannot be rolled back to, and that is said', async ({ rig }) => {
	const app = await rig.app('imageless', says('r0'));
	const first = (await rig.api.deployments(app.project.id))[0];
	await rig.push(app, says('r1'));
	expect((await rig.api.deploy(app.project.id)).status).toBe('success');
	const images = await command('docker', [
		'images',
		'-q',
		'--filter',
		`label=vps-panel.deployment=${first?.id}`,
		'--filter',
		`label=vps-panel.data=${rig.data}`
	]);
	await command('docker', ['rmi', '-f', ...images.split('\n').filter(Boolean)]);
	const rollback = await rig.api.json<{ id: number }>('POST', `/deployments/${first?.id}/rollback`, {});
	const ended = await rig.api.ended(rollback.id);
	expect([ended.status, ended.error_message]).toEqual(['failed', expect.stringMatching(/image/i)]);
	expect(app.visitors?.said).toEqual(['r0', 'r1']);
	await rig.api.send('DELETE', `/projects/${app.project.id}/pin`);
	// The record must not promise the release any more.
	expect((await rig.api.deployment(first?.id ?? 0)).can_roll_back).toBe(false);
	expect(await rig.holds()).toEqual([]);
});
