/** Docker hangs, lies or breaks off: the deployment ends with that reason, the panel answers all the while, the next one works. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { says } from './lib/apps.ts';
import { isLong } from './lib/long.ts';
import { Rig, type App } from './lib/rig.ts';
import { TroubledEngine, type Trouble } from './lib/troubled-engine.ts';
import { until } from './lib/until.ts';

let folder: string;
let engine: TroubledEngine;
let rig: Rig;
let app: App;
let release = 0;

test.beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'panel-engine-'));
	engine = await TroubledEngine.start(join(folder, 'docker.sock'));
	rig = await Rig.start({ docker: engine.socket });
	app = await rig.app('moored', says('r0'));
});

test.afterAll(async () => {
	engine.recover();
	await rig.stop();
	await engine.stop();
	await rm(folder, { recursive: true });
});

const cases: [calls: string, pattern: RegExp, trouble: Trouble][] = [
	['build', /^POST .*\/build\?/, '500'],
	['build', /^POST .*\/build\?/, 'half'],
	['build', /^POST .*\/build\?/, 'cut'],
	['create', /^POST .*\/containers\/create/, '500'],
	['create', /^POST .*\/containers\/create/, 'half'],
	['start', /^POST .*\/containers\/[^/]+\/start/, '500'],
	['start', /^POST .*\/containers\/[^/]+\/start/, 'cut']
];

for (const [calls, pattern, trouble] of cases) {
	test(`an engine whose ${calls} call ends in "${trouble}" fails the deployment and nothing else`, async () => {
		test.skip(!isLong && calls === 'start' && trouble === 'cut', 'waits for a deadline of a minute');
		const said = app.visitors?.said.at(-1);
		await rig.push(app, says(`r${++release}`));
		engine.fail(pattern, trouble);
		const failed = await rig.api.deploy(app.project.id);
		expect(engine.failed).toBeGreaterThan(0);
		engine.recover();
		expect(failed.status).toBe('failed');
		expect(failed.error_message).not.toBe('');
		expect(app.visitors?.said.at(-1)).toBe(said);
		const next = await rig.api.deploy(app.project.id);
		expect([next.status, next.error_message]).toEqual(['success', null]);
		await expect.poll(() => app.visitors?.said.at(-1)).toBe(`r${release}`);
		expect(await rig.holds()).toEqual([]);
	});
}

test(
	'while the whole engine hangs the API answers, webhooks are taken, and a cancel ends the deployment',
	{ tag: '@short' },
	async () => {
		await rig.push(app, says(`r${++release}`));
		engine.fail(/./, 'hang');
		const { id } = await rig.api.trigger(app.project.id);
		await until('the build was asked for', 30_000, () => engine.failed > 0);
		const asked = performance.now();
		const told = await rig.api.tell(app.project.id, app.hook, app.commits.at(-1) ?? '');
		expect(told.status).toBe(202);
		expect(performance.now() - asked, 'git hosts wait ten seconds').toBeLessThan(10_000);
		expect((await rig.api.send('GET', '/projects')).status).toBe(200);
		await rig.api.send('POST', `/deployments/${id}/cancel`);
		const cancelled = performance.now();
		expect((await rig.api.ended(id, 30_000)).status).toBe('cancelled');
		expect(performance.now() - cancelled, 'a cancel takes ten seconds at most').toBeLessThan(10_000);
		engine.recover();
		await rig.settled();
		await expect.poll(() => app.visitors?.said.at(-1)).toBe(`r${release}`);
		expect(await rig.holds()).toEqual([]);
	}
);

test('an engine that hangs at the start of a container ends the deployment by its deadline', async () => {
	test.skip(!isLong, 'waits for a deadline of a minute');
	test.setTimeout(180_000);
	await rig.push(app, says(`r${++release}`));
	engine.fail(/^POST .*\/containers\/[^/]+\/start/, 'hang');
	const ended = await rig.api.deploy(app.project.id);
	expect([ended.status, ended.error_message]).toEqual(['failed', expect.stringMatching(/Docker/)]);
	engine.recover();
	const next = await rig.api.deploy(app.project.id);
	expect([next.status, next.error_message]).toEqual(['success', null]);
	expect(await rig.holds()).toEqual([]);
});
