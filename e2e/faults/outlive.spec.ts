/** Apps outlive the panel: it is killed, and nobody who uses an app notices. And a push in the meantime is not lost. */
import { says, site } from './lib/apps.ts';
import { expect, test } from './lib/fixture.ts';
import { isLong } from './lib/long.ts';

const outageMs = isLong ? 600_000 : 5_000;

test(`apps answer while the panel is down for ${outageMs / 1000} s, and everything agrees when it is back`, async ({
	rig
}) => {
	test.setTimeout(outageMs + 120_000);
	const app = await rig.app('survivor', says('r0'));
	const files = await rig.app('survivor-files', site('r0'));
	await rig.panel.kill();
	const seen = [app.visitors?.requests ?? 0, files.visitors?.requests ?? 0];
	const end = performance.now() + outageMs;
	await expect
		.poll(() => performance.now() >= end, { timeout: outageMs + 10_000, intervals: [500] })
		.toBe(true);
	await rig.panel.start();
	expect(app.visitors?.requests ?? 0).toBeGreaterThan(seen[0] ?? 0);
	expect(files.visitors?.requests ?? 0).toBeGreaterThan(seen[1] ?? 0);
	expect(app.visitors?.said).toEqual(['r0']);
	await rig.push(app, says('r1'));
	expect((await rig.api.deploy(app.project.id)).status).toBe('success');
	expect(await rig.holds()).toEqual([]);
});

test(
	'a deployment that crashes the panel again and again ends, and the next one runs',
	{ tag: '@short' },
	async ({ rig }) => {
		test.setTimeout(120_000);
		const app = await rig.app('poison', says('r0'));
		await rig.push(app, says('r1'));
		const { id } = await rig.api.trigger(app.project.id);
		const ended = async () => ['success', 'failed'].includes((await rig.api.deployment(id)).status);
		let crashes = 0;
		for (; crashes < 10; crashes += 1) {
			await rig.panel.arm('deploy.build.begun');
			await rig.panel.start();
			const dead = await Promise.race([
				rig.panel.died().then(() => true),
				expect
					.poll(ended, { timeout: 60_000, message: 'it is given up' })
					.toBe(true)
					.then(() => false)
			]);
			if (!dead) break;
		}
		await rig.panel.disarm();
		await rig.panel.start();
		const poisoned = await rig.api.ended(id);
		expect([poisoned.status, poisoned.error_message]).toEqual([
			'failed',
			expect.stringMatching(/interrupted 3 times/)
		]);
		expect(crashes, 'attempts before it is given up').toBe(3);
		expect((await rig.api.deploy(app.project.id)).status).toBe('success');
		expect(await rig.holds()).toEqual([]);
	}
);
