/** Apps outlive the panel: it is killed, and nobody who uses an app notices. */
import { setTimeout as pause } from 'node:timers/promises';
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
	await pause(outageMs);
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
		test.setTimeout(180_000);
		const app = await rig.app('poison', says('r0'));
		await rig.push(app, says('r1'));
		await rig.panel.arm('deploy.build.begun');
		const { id } = await rig.api.trigger(app.project.id);
		const over = rig.api.ended(id);
		let crashes = 0;
		while (await Promise.race([rig.panel.died().then(() => true), over.then(() => false)])) {
			crashes += 1;
			await rig.panel.arm('deploy.build.begun');
			await rig.panel.start();
		}
		await rig.panel.disarm();
		const poisoned = await over;
		expect([poisoned.status, poisoned.error_message]).toEqual([
			'failed',
			expect.stringMatching(/interrupted 3 times/)
		]);
		expect(crashes, 'attempts before it is given up').toBe(3);
		expect((await rig.api.deploy(app.project.id)).status).toBe('success');
		expect(await rig.holds()).toEqual([]);
	}
);
