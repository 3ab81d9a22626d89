/**
 * The queue's Redis is there and of no use: it stands still, is full, asks for another password. The record knows of every
 * deployment, so none is lost, and the queue is used again when it can be. (That it forgets everything or is gone: instances.)
 */
import { expect, test } from '@playwright/test';
import type { Redis } from '../support/redis.ts';
import { says } from './lib/apps.ts';
import { Rig, type App } from './lib/rig.ts';
import { startServers, type Servers } from './lib/servers.ts';
import { until } from './lib/until.ts';

/** From an accepted deployment to its end, however the queue does: a ring each ten seconds, and the work. */
const endLimitMs = 60_000;
const pauseMs = 15_000;

let servers: Servers;
let redis: Redis;
let rig: Rig;
let app: App;

test.beforeAll(async () => {
	servers = await startServers({ postgres: false, redis: true });
	if (!servers.redis) throw new Error('There is no Redis.');
	redis = servers.redis;
	rig = await Rig.start({ redis: redis.url });
	app = await rig.app('belled', says('r0'));
});

test.afterAll(async () => {
	await rig.stop();
	await servers.stop();
});

/** Every connection of the panel ends; the next one has to say who it is. */
const askFor = async (password: string) => {
	await redis.ask('CONFIG', 'SET', 'requirepass', password);
	await redis.ask('--no-auth-warning', '-a', password, 'CLIENT', 'KILL', 'TYPE', 'normal');
};

const troubles: { name: string; begin: () => Promise<unknown>; end: () => Promise<unknown> }[] = [
	{
		name: 'stands still',
		begin: () => redis.ask('CLIENT', 'PAUSE', String(pauseMs), 'ALL'),
		end: () => until('Redis goes on', pauseMs + 5_000, () => redis.ask('PING'))
	},
	{
		name: 'is full',
		begin: () => redis.ask('CONFIG', 'SET', 'maxmemory', '1'),
		end: () => redis.ask('CONFIG', 'SET', 'maxmemory', '0')
	},
	{
		name: 'asks for another password',
		begin: () => askFor('another'),
		end: () => redis.ask('--no-auth-warning', '-a', 'another', 'CONFIG', 'SET', 'requirepass', '')
	}
];

const processed = async () => Number((await redis.ask('GET', 'asynq:{default}:processed')).trim() || 0);

for (const [index, { name, begin, end }] of troubles.entries()) {
	test(
		`a Redis that ${name} loses no deployment, and is used again afterwards`,
		{ tag: '@short' },
		async () => {
			const [during, after] = [`r${index} during`, `r${index} after`];
			const commit = await rig.push(app, says(during));
			await begin();
			try {
				expect((await rig.api.tell(app.project.id, app.hook, commit)).status).toBe(202);
				const [newest] = await rig.api.deployments(app.project.id);
				expect((await rig.api.ended(newest?.id ?? 0, endLimitMs)).status).toBe('success');
			} finally {
				await end();
			}
			const before = await processed();
			await rig.push(app, says(after));
			await until('the queue is used again', endLimitMs, async () => {
				expect((await rig.api.deploy(app.project.id)).status).toBe('success');
				return (await processed()) > before;
			});
			await expect.poll(() => app.visitors?.said.slice(-2)).toEqual([during, after]);
			expect(await rig.holds()).toEqual([]);
		}
	);
}
