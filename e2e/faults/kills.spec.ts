/**
 * SIGKILL at named points of a deployment's life. The ordinary run kills at a sample, chosen by a seed that it prints; the long
 * one at every point, 25 times over, as one process and as web and worker, on SQLite and on PostgreSQL and Redis, and goes on
 * where it was interrupted.
 */
import { expect, test } from '@playwright/test';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isLong, isWhole, seed } from './lib/long.ts';
import { root, type Role } from './lib/panel.ts';
import { Random } from './lib/random.ts';
import { startServers } from './lib/servers.ts';
import { points, remembered, sweep, type Kill } from './lib/sweep.ts';
import { summary } from './sweep.ts';

/** How many points are chosen besides those that always are. */
const sample = isWhole ? 18 : 4;
/** Much more than they take, so that only a hang passes it. */
const sampleLimitMs = (sample + 4) * 60_000;
const longLimitMs = 6 * 3_600_000;
/** Killed in each ordinary run: on both sides of what cannot be undone, and of what was promised to somebody. */
const always = [
	'trigger.commit.done',
	'deploy.switch.marked',
	'deploy.commit.committed',
	'deploy.finish.begun'
];

test('at least forty points are marked', { tag: '@short' }, async () => {
	expect((await points()).length).toBeGreaterThanOrEqual(40);
});

test(
	'nothing is lost, done twice or stuck after a kill at a point of the sample',
	{ tag: '@short' },
	async () => {
		test.setTimeout(sampleLimitMs + 180_000);
		const random = new Random(seed);
		const others = (await points()).filter(
			(point) => !always.includes(point) && point !== 'runner.claim.extended'
		);
		const chosen = [...always, ...random.shuffled(others).slice(0, sample)];
		const kills: Kill[] = chosen.map((point) => ({ point, n: 1, round: 1 }));
		const lines = [`PANEL_FAULTS_SEED=${seed}`];
		const outcomes = await sweep({ kills, limitMs: sampleLimitMs, say: (line) => lines.push(line) });
		process.stdout.write(`${lines.join('\n')}\n${summary(outcomes)}\n`);
		expect(
			outcomes.flatMap(({ point, n, problems }) => problems.map((problem) => `${point}:${n} ${problem}`))
		).toEqual([]);
		expect(outcomes.length).toBe(kills.length);
		expect(outcomes.filter(({ died }) => died).length).toBeGreaterThanOrEqual(always.length);
	}
);

const forms: { name: string; roles: Role[]; apart: boolean }[] = [
	{ name: 'one process on SQLite', roles: ['all'], apart: false },
	{ name: 'web and worker on SQLite', roles: ['web', 'worker'], apart: false },
	{ name: 'web and worker on PostgreSQL and Redis', roles: ['web', 'worker'], apart: true }
];
for (const { name, roles, apart } of forms) {
	test(`every point, 25 times, ${name}`, async () => {
		test.skip(!isLong, 'takes hours: ./panel test --long');
		test.setTimeout(longLimitMs);
		const kills: Kill[] = [];
		const named = await points();
		// Points that are passed often die at their later passings too.
		for (let round = 1; round <= 25; round += 1) {
			for (const point of named) kills.push({ point, n: 1 + ((round - 1) % 5), round });
		}
		const folder = join(root, 'build', 'kills'); // outlives other runs, so that it can go on
		await mkdir(folder, { recursive: true });
		const report = join(folder, `${name.replaceAll(' ', '-')}.jsonl`);
		const servers = await startServers({ postgres: apart, redis: apart });
		await sweep({
			kills,
			rig: { roles, database: servers.postgres?.url, redis: servers.redis?.url },
			report,
			limitMs: longLimitMs,
			say: (line) => process.stdout.write(`${line}\n`)
		}).finally(servers.stop);
		const outcomes = await remembered(report);
		process.stdout.write(`${summary(outcomes)}\n`);
		expect(
			outcomes.flatMap(({ point, n, problems }) => problems.map((problem) => `${point}:${n} ${problem}`))
		).toEqual([]);
		const reached = new Set(outcomes.filter(({ died }) => died).map(({ point }) => point));
		expect(
			named.filter((point) => !reached.has(point)),
			'points that were never passed'
		).toEqual([]);
		const victims = new Set(outcomes.flatMap(({ victims = [] }) => victims));
		expect([...victims].sort(), 'each process was killed').toEqual(roles);
	});
}
