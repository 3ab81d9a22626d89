/** Caddy is down, hangs or refuses: the deployment ends with that reason, visitors keep what they have where Caddy lives. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { says } from './lib/apps.ts';
import { expect, test } from './lib/fixture.ts';

test(
	'while Caddy is stopped a deployment fails and says so; afterwards everything is as before',
	{ tag: '@short' },
	async ({ rig }) => {
		const app = await rig.app('doorless', says('r0'));
		await rig.push(app, says('r1'));
		const failed = await app.visitors?.excuse(async () => {
			await rig.caddy.stop();
			const ended = await rig.api.deploy(app.project.id);
			await rig.startCaddy();
			return ended;
		});
		expect(failed?.status).toBe('failed');
		expect(failed?.error_message).toMatch(/Caddy/);
		expect((await rig.api.deploy(app.project.id)).status).toBe('success');
		await expect.poll(() => app.visitors?.said).toEqual(['r0', 'r1']);
		expect(await rig.holds()).toEqual([]);
	}
);

test('a Caddy that hangs fails the deployment within its deadline, the API answers meanwhile', async ({
	rig
}) => {
	test.setTimeout(180_000);
	const app = await rig.app('stuck-door', says('r0'));
	await rig.push(app, says('r1'));
	await app.visitors?.excuse(async () => {
		rig.caddy.signal('SIGSTOP');
		const { id } = await rig.api.trigger(app.project.id);
		const ended = await rig.api.ended(id, 120_000);
		rig.caddy.signal('SIGCONT');
		expect([ended.status, ended.error_message]).toEqual(['failed', expect.stringMatching(/Caddy/)]);
		// What visitors had sent in the meantime is answered before the excuse ends.
		await expect.poll(() => app.visitors?.said.at(-1)).toBe('r0');
	});
	expect((await rig.api.deploy(app.project.id)).status).toBe('success');
	expect(await rig.holds()).toEqual([]);
});

test(
	'a configuration that Caddy refuses keeps the one in force, and no visitor notices',
	{ tag: '@short' },
	async ({ rig }) => {
		const app = await rig.app('refused', says('r0'));
		const file = join(rig.data, 'caddy', 'Caddyfile');
		const whole = await readFile(file, 'utf8');
		await writeFile(file, `${whole}\nthis is no Caddyfile {`);
		const created = await rig.newApp('unroutable', says('r0'));
		const failed = await rig.api.deploy(created.project.id);
		expect([failed.status, failed.error_message]).toEqual(['failed', expect.stringMatching(/Caddy refused/)]);
		await writeFile(file, whole);
		expect((await rig.api.deploy(created.project.id)).status).toBe('success');
		expect(app.visitors?.said).toEqual(['r0']);
		expect(await rig.holds()).toEqual([]);
	}
);
