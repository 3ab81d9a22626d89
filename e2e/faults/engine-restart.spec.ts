/** dockerd is killed in the middle of a deployment and comes back: what there is now is looked at, nothing is assumed. */
import { expect, test } from '@playwright/test';
import { says } from './lib/apps.ts';
import { OwnEngine } from './lib/own-engine.ts';
import { Rig, type App } from './lib/rig.ts';
import { until } from './lib/until.ts';

let engine: OwnEngine;
let rig: Rig;
let app: App;

test.beforeAll(async () => {
	test.setTimeout(180_000);
	engine = await OwnEngine.start();
	rig = await Rig.start({ docker: engine.socket });
	// Its port is published by a process of dockerd's own: while that is down the app itself is the target.
	app = await rig.app('harbour', says('r0'), {}, false);
});

test.afterAll(async () => {
	test.setTimeout(120_000);
	await rig.stop();
	await engine.stop();
});

for (const step of ['build', 'health']) {
	test(`killed during the ${step} step: the deployment ends with the truth, and the next one is live`, async () => {
		await rig.push(app, says(`after ${step}`));
		const { id } = await rig.api.trigger(app.project.id);
		await until(
			`${step} has begun`,
			60_000,
			async () => {
				const { steps, completed_at } = await rig.api.deployment(id);
				return completed_at || steps?.find(({ name }) => name === step)?.status !== 'pending';
			},
			5
		);
		await engine.kill();
		expect((await rig.api.send('GET', '/projects')).status).toBe(200);
		await engine.restart();
		const ended = await rig.api.ended(id, 120_000);
		if (ended.status !== 'success') {
			expect([ended.status, ended.error_message]).toEqual([
				'failed',
				expect.stringMatching(/Docker|engine|answer|ended/i)
			]);
		}
		expect((await rig.api.deploy(app.project.id)).status).toBe('success');
		expect(await rig.holds()).toEqual([]);
	});
}
