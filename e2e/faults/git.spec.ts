/** The git server and the network to it fail in the middle: the deployment ends with the reason, the next one works. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../support/command.ts';
import { shared } from '../support/shared.ts';
import { says } from './lib/apps.ts';
import { expect, test } from './lib/fixture.ts';
import type { App } from './lib/rig.ts';
import { until } from './lib/until.ts';

const behave = (app: App, how: string | null) => {
	const file = join(shared().gitRoot, `${app.repository.name}.git`, 'refuse');
	return how ? writeFile(file, how) : rm(file, { force: true });
};

test(
	'a connection that is cut in the middle of a clone fails the deployment, and the next one is whole',
	{ tag: '@short' },
	async ({ rig }) => {
		const app = await rig.app('cut', says('r0'));
		await rig.push(app, says('r1'));
		await behave(app, 'cut');
		const failed = await rig.api.deploy(app.project.id);
		expect(failed.status).toBe('failed');
		expect(failed.error_message).toMatch(/broke off|git server/i);
		await behave(app, null);
		expect((await rig.api.deploy(app.project.id)).status).toBe('success');
		await expect.poll(() => app.visitors?.said).toEqual(['r0', 'r1']);
		expect(await rig.holds()).toEqual([]);
	}
);

test('a clone that comes at 1 KB/s or not at all can be cancelled at once and stops no other project', async ({
	rig
}) => {
	const slow = await rig.app('trickle', says('r0'));
	const other = await rig.app('other', says('r0'), {}, false);
	for (const how of ['slow', 'stall']) {
		// Something to send: a kilobyte a second makes it last.
		await rig.push(slow, { 'ballast.bin': Buffer.from(crypto.getRandomValues(new Uint8Array(60_000))) });
		await behave(slow, how);
		const { id } = await rig.api.trigger(slow.project.id);
		await until(
			'the clone has begun',
			20_000,
			async () => (await rig.api.deployment(id)).status === 'building'
		);
		const asked = performance.now();
		expect((await rig.api.send('POST', `/deployments/${id}/cancel`)).status).toBe(202);
		expect((await rig.api.ended(id, 10_000)).status, how).toBe('cancelled');
		expect(performance.now() - asked, how).toBeLessThan(10_000);
		await behave(slow, null);
		expect((await rig.api.deploy(other.project.id)).status).toBe('success');
	}
	expect((await rig.api.deploy(slow.project.id)).status).toBe('success');
	expect(await rig.holds()).toEqual([]);
});

test('a branch that is forced backwards is deployed as it is, and one that goes during the build changes nothing', async ({
	rig
}) => {
	const app = await rig.app('backwards', says('r0'));
	await rig.push(app, says('r1'));
	expect((await rig.api.deploy(app.project.id)).status).toBe('success');
	await app.repository.git('reset', '--quiet', '--hard', 'HEAD~1');
	await app.repository.git('push', '--quiet', '--force', 'origin', 'HEAD:main');
	// It was pushed last: the checks take the order of pushes, not of the history.
	const back = await app.repository.head();
	app.commits.splice(0, app.commits.length, app.commits[1] ?? '', back);
	const forced = await rig.api.deploy(app.project.id);
	expect([forced.status, forced.commit_hash]).toEqual(['success', back]);
	await expect.poll(() => app.visitors?.said).toEqual(['r0', 'r1', 'r0']);

	await rig.push(app, says('r2'));
	const { id } = await rig.api.trigger(app.project.id);
	await until('the build has begun', 20_000, async () =>
		(await rig.api.deployment(id)).steps?.some(({ name, status }) => name === 'build' && status !== 'pending')
	);
	await command('git', [
		'-C',
		join(shared().gitRoot, 'backwards.git'),
		'update-ref',
		'-d',
		'refs/heads/main'
	]);
	expect((await rig.api.ended(id)).status).toBe('success');
	const gone = await rig.api.deploy(app.project.id);
	expect([gone.status, gone.error_message]).toEqual(['failed', expect.stringMatching(/branch|empty/i)]);
	await app.repository.git('push', '--quiet', 'origin', 'HEAD:main');
	await expect.poll(() => app.visitors?.said.at(-1)).toBe('r2');
});
