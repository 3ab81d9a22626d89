/** PostgreSQL crashes, cuts everybody off, takes no writes: 503 and when to come again, nothing half done, work resumes. */
import { expect, test } from '@playwright/test';
import type { Postgres } from '../support/postgres.ts';
import { buildsSlowly, says } from './lib/apps.ts';
import { Rig, type App } from './lib/rig.ts';
import { startServers, type Servers } from './lib/servers.ts';
import { until } from './lib/until.ts';

const cuts = 20;

let servers: Servers;
let postgres: Postgres;
let rig: Rig;
let app: App;

test.beforeAll(async () => {
	servers = await startServers({ postgres: true, redis: false });
	if (!servers.postgres) throw new Error('There is no PostgreSQL.');
	postgres = servers.postgres;
	rig = await Rig.start({ database: postgres.url });
	app = await rig.app('recorded', says('r0'));
});

test.afterAll(async () => {
	await rig.stop();
	await servers.stop();
});

const change = () => rig.api.send('PATCH', `/projects/${app.project.id}`, { health_path: '/' });

async function isRefused(answer: Response, words: RegExp): Promise<void> {
	expect(answer.status).toBe(503);
	expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
	expect(await answer.json()).toMatchObject({ code: 'unavailable', detail: expect.stringMatching(words) });
}

test(
	'a server that crashes in the middle of a deployment and comes back: the deployment ends well',
	{ tag: '@short' },
	async () => {
		const before = (await rig.api.deployments(app.project.id)).length;
		const { pid } = rig.panel.child('all');
		await rig.push(app, buildsSlowly('r1'));
		const { id } = await rig.api.trigger(app.project.id);
		await until('it is built', 30_000, async () =>
			(await rig.api.deployment(id)).steps?.some(
				({ name, status }) => name === 'build' && status !== 'pending'
			)
		);
		await postgres.kill();
		await isRefused(await change(), /does not answer/);
		await isRefused(
			await rig.api.send('POST', `/projects/${app.project.id}/deployments`, {}),
			/does not answer/
		);
		await postgres.launch();
		expect((await rig.api.ended(id)).status).toBe('success');
		expect((await change()).status).toBe(200);
		expect((await rig.api.deployments(app.project.id)).length).toBe(before + 1);
		expect([rig.panel.alive, rig.panel.child('all').pid]).toEqual([true, pid]);
		await expect.poll(() => app.visitors?.said).toEqual(['r0', 'r1']);
		expect(await rig.holds()).toEqual([]);
	}
);

test(
	'connections that are cut again and again: every call is answered or refused as a whole',
	{ tag: '@short' },
	async () => {
		let accepted = (await rig.api.deployments(app.project.id)).length;
		const cutOff = () =>
			postgres.ask(
				"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'vps-panel'"
			);
		for (let n = 1; n <= cuts; n += 1) {
			const [answer] = await Promise.all([
				rig.api.send('POST', `/projects/${app.project.id}/deployments`, {}),
				cutOff()
			]);
			if (answer.ok) accepted += 1;
			else await isRefused(answer, /does not answer/);
		}
		const all = await rig.settled();
		expect(all.length, 'each that was accepted, and no other').toBe(accepted);
		expect(all.filter(({ status }) => !['success', 'superseded'].includes(status))).toEqual([]);
		expect(await rig.holds()).toEqual([]);
	}
);

test(
	'a server that takes no writes: reading goes on, nothing is half stored, and what waits is done afterwards',
	{ tag: '@short' },
	async () => {
		const before = (await rig.api.deployments(app.project.id)).length;
		const takeWrites = async (off: 'on' | 'off') => {
			await postgres.ask(`ALTER SYSTEM SET default_transaction_read_only = ${off}`);
			await postgres.ask('SELECT pg_reload_conf()');
		};
		await takeWrites('on');
		try {
			await until('it takes no writes', 10_000, async () => !(await change()).ok);
			await isRefused(await change(), /not written to/);
			await isRefused(
				await rig.api.send('POST', `/projects/${app.project.id}/deployments`, {}),
				/not written to/
			);
			expect((await rig.api.send('GET', '/projects')).status).toBe(200);
		} finally {
			await takeWrites('off');
		}
		await until('it takes writes again', 10_000, async () => (await change()).ok);
		expect((await rig.api.deployments(app.project.id)).length).toBe(before);
		await rig.push(app, says('r2'));
		expect((await rig.api.deploy(app.project.id)).status).toBe('success');
		await expect.poll(() => app.visitors?.said.at(-1)).toBe('r2');
		expect(await rig.holds()).toEqual([]);
	}
);
