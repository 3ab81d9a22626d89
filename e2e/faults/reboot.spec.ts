/** The machine goes down in the middle of a deployment and comes up again, its parts in any order: two minutes later all is well. */
import { expect, test } from '@playwright/test';
import { command } from '../support/command.ts';
import { containersOf } from '../support/docker.ts';
import { buildsSlowly, says, site } from './lib/apps.ts';
import { seed } from './lib/long.ts';
import { Random } from './lib/random.ts';
import { Rig } from './lib/rig.ts';
import { startServers, type Servers } from './lib/servers.ts';
import { until } from './lib/until.ts';

const limitMs = 120_000;

let servers: Servers;
let rig: Rig;

test.beforeAll(async () => {
	servers = await startServers({ postgres: true, redis: true });
	rig = await Rig.start({
		roles: ['web', 'worker'],
		database: servers.postgres?.url,
		redis: servers.redis?.url
	});
});

test.afterAll(async () => {
	await rig.stop();
	await servers.stop();
});

test('everything is stopped and started in any order: it finds together, and the deployment ends', async () => {
	test.setTimeout(limitMs + 180_000);
	const { postgres, redis } = servers;
	const app = await rig.app('rebooted', says('r0'), {}, false);
	const files = await rig.app('rebooted-files', site('r0'), {}, false);
	const commit = await rig.push(app, buildsSlowly('r1'));
	const { id } = await rig.api.trigger(app.project.id);
	await until('it is built', 30_000, async () =>
		(await rig.api.deployment(id)).steps?.some(({ name, status }) => name === 'build' && status !== 'pending')
	);
	await Promise.all([rig.panel.kill(), rig.caddy.kill(), redis?.kill(), postgres?.kill()]);
	await command('docker', ['kill', ...(await containersOf(app.project.id))]);

	const started: string[] = [];
	const part = (name: string) => async () => {
		started.push(name);
		rig.panel.launch(started);
	};
	const parts = new Random(seed).shuffled([
		['web', part('web')],
		['worker', part('worker')],
		['Caddy', () => rig.startCaddy()],
		['PostgreSQL', () => postgres?.launch()],
		['Redis', () => redis?.start()]
	] as const);
	process.stdout.write(`PANEL_FAULTS_SEED=${seed}: ${parts.map(([name]) => name).join(', ')}\n`);
	for (const [, start] of parts) await start();
	// What cannot start without its database is started again, as the supervisor does.
	await until('the panel is ready', limitMs, async () => {
		rig.panel.launch(started);
		return rig.panel.answers();
	});
	const ended = await rig.api.ended(id, limitMs);
	expect([ended.status, ended.commit_hash]).toEqual(['success', commit]);
	expect((await rig.api.deploy(files.project.id)).status).toBe('success');
	expect(await rig.holds()).toEqual([]);
});
