/**
 * Two workers on one PostgreSQL and one Redis: one stands still until its lease has run out and the other one has taken its
 * deployment, then it goes on in the middle of that. What it still wants to write is refused by the fence.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from '@playwright/test';
import { command } from '../support/command.ts';
import { buildsSlowly, says } from './lib/apps.ts';
import { Rig } from './lib/rig.ts';
import { startServers, type Servers } from './lib/servers.ts';
import { until } from './lib/until.ts';

/** The lease, a ring each ten seconds, and some time for the machine. */
const takeOverLimitMs = 90_000;

let servers: Servers;
let rig: Rig;

test.beforeAll(async () => {
	servers = await startServers({ postgres: true, redis: true });
	rig = await Rig.start({
		roles: ['web', 'worker', 'worker'],
		database: servers.postgres?.url,
		redis: servers.redis?.url
	});
});

test.afterAll(async () => {
	await rig.stop();
	await servers.stop();
});

/** Who works on it, by the name in the record and the lock that goes with it. */
async function holder(id: number): Promise<{ pid: number; fence: number } | null> {
	const sql = `SELECT claim_owner, fence FROM deployments WHERE id = ${id}`;
	const [owner = '', fence] = (await command('psql', ['-XAtc', sql, rig.database ?? ''])).trim().split('|');
	const name = /worker-\d+$/.exec(owner)?.[0];
	if (!name) return null;
	return { pid: Number(await readFile(join(rig.data, 'run', `${name}.lock`), 'utf8')), fence: Number(fence) };
}

test(
	'a worker that stood still for longer than its lease writes nothing any more',
	{ tag: '@short' },
	async () => {
		test.setTimeout(240_000);
		const app = await rig.app('disputed', says('r0'));
		const commit = await rig.push(app, buildsSlowly('r1'));
		const { id } = await rig.api.trigger(app.project.id);
		const first = await until('somebody works on it', 30_000, async () => {
			const { status } = await rig.api.deployment(id);
			return status === 'building' && holder(id);
		});
		const stale = rig.panel.children.find(({ pid }) => pid === first.pid);
		if (!stale) throw new Error(`Process ${first.pid} is none of ours.`);
		stale.signal('SIGSTOP');
		try {
			await until('the other one has taken it', takeOverLimitMs, async () => {
				const now = await holder(id);
				return now && now.pid !== first.pid && now.fence > first.fence;
			});
		} finally {
			stale.signal('SIGCONT');
		}
		const ended = await rig.api.ended(id);
		expect([ended.status, ended.commit_hash]).toEqual(['success', commit]);
		const log = stripVTControlCharacters(
			await (await rig.api.send('GET', `/deployments/${id}/log?offset=0`)).text()
		);
		expect(log.split('this deployment starts again').length - 1, 'taken over once').toBe(1);
		expect(log.split('Live at ').length - 1, 'live once').toBe(1);
		expect(stale.alive, 'it lives on, for the next one').toBe(true);
		await rig.push(app, says('r2'));
		expect((await rig.api.deploy(app.project.id)).status).toBe('success');
		await expect.poll(() => app.visitors?.said).toEqual(['r0', 'r1', 'r2']);
		expect(await rig.holds()).toEqual([]);
	}
);
