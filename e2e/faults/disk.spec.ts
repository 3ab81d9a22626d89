/** A data directory on a small disk that fills up at each step: told as such, the record stays whole, room makes it work again. */
import { mkdtemp, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { command } from '../support/command.ts';
import { says, site } from './lib/apps.ts';
import { Rig } from './lib/rig.ts';

test(
	'a full disk fails the deployment with that reason, signing in works, and after room was made all is well',
	{ tag: '@short' },
	async () => {
		const mount = await mkdtemp(join(tmpdir(), 'panel-disk-'));
		await command('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=0700', 'tmpfs', mount]);
		// As much as fits on such a disk of what is held back and asked for on a real one.
		const options = ['--disk-reserve', '8M', '--build-space', '4M'];
		const rig = await Rig.start({ data: join(mount, 'data'), options });
		const ballast = join(mount, 'ballast');
		try {
			const app = await rig.app('tight', says('r0'));
			const files = await rig.app('tight-files', site('r0'));
			for (const each of [app, files]) {
				const next = `${each.project.name} r1`;
				await rig.push(each, {
					...(each === app ? says(next) : site(next)),
					'ballast.bin': Buffer.from(crypto.getRandomValues(new Uint8Array(60_000)))
				});
				// Nothing is left, as when a log or an upload has run wild.
				await command('sh', ['-c', `cat /dev/zero >${ballast} 2>/dev/null || true`]);
				const refused = await rig.api.send('POST', `/projects/${each.project.id}/deployments`, {});
				if (refused.ok) {
					const ended = await rig.api.ended(((await refused.json()) as { id: number }).id, 60_000);
					expect([ended.status, ended.error_message]).toEqual([
						'failed',
						expect.stringMatching(/disk|space/i)
					]);
				} else {
					expect(refused.status).toBe(503);
					expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
					expect(((await refused.json()) as { detail: string }).detail).toMatch(/disk is full/);
				}
				expect((await rig.api.send('GET', '/projects')).status).toBe(200);
				expect(each.visitors?.said.length).toBe(1);
				await rm(ballast);
				await rig.settled();
				expect((await rig.api.deploy(each.project.id)).status).toBe('success');
				expect(await rig.holds()).toEqual([]);
			}
		} finally {
			await rig.stop();
			await command('umount', [mount]);
			await rmdir(mount);
		}
	}
);
