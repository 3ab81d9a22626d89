/**
 * Going back to kept releases while the repository is gone: "live" is the first answer of the older release through Caddy, which
 * is told from the newer ones by a run time variable. Rolling starts a kept image; blue-green finds the container still running.
 */
import { Agent } from 'node:http';
import type { Deployment, Project } from '../lib/api.ts';
import { publishFixture } from '../lib/apps.ts';
import type { Bench, Figure } from '../lib/bench.ts';
import { now, until } from '../lib/clock.ts';
import type { Row } from '../lib/report.ts';
import type { Stack } from '../lib/stack.ts';
import { median } from '../lib/stats.ts';
import { visit } from '../lib/visit.ts';

interface Run {
	liveMs: number;
	endedMs: number;
}

const keptReleases = 10;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

async function greets(stack: Stack, project: Project, greeting: string): Promise<number> {
	return until(`${greeting} answers`, 60_000, 1, async () => {
		const answer = await visit({ port: stack.port, host: stack.host(project.name), agent });
		return answer.status === 200 && answer.text.startsWith(`${greeting} `) ? now() : null;
	});
}

async function release(stack: Stack, project: Project, greeting: string): Promise<Deployment> {
	await stack.api.setEnvironment(project.id, [{ key: 'GREETING', value: greeting, scope: 'runtime' }]);
	return stack.api.deploy(project.id);
}

async function goBack(stack: Stack, project: Project, to: number, greeting: string): Promise<Run> {
	const began = now();
	const { id } = await stack.api.json<Deployment>('POST', `/deployments/${to}/rollback`, { pin: false });
	const ended = stack.api.succeeded(id, 20).then(() => now());
	const live = await greets(stack, project, greeting);
	return { liveMs: live - began, endedMs: (await ended) - began };
}

/** Each of the last ten kept releases once. */
async function measureRolling(bench: Bench, stack: Stack): Promise<Run[]> {
	const repository = await publishFixture('node-server', 'rolling-back');
	const project = await stack.api.createProject('rolling-back', repository.address, { watch_seconds: 0 });
	const kept: { id: number; greeting: string }[] = [];
	const count = bench.options.quick ? 4 : keptReleases;
	for (let turn = 1; turn <= count; turn += 1) {
		const greeting = `release-${turn}`;
		kept.push({ id: (await release(stack, project, greeting)).id, greeting });
	}
	await repository.refuse('cut');
	const runs: Run[] = [];
	// Every rollback is a release of its own, so that the oldest one here is the tenth each time.
	for (const { id, greeting } of kept.slice(0, -1).slice(0, bench.options.pairs)) {
		const run = await goBack(stack, project, id, greeting).catch((error: unknown) => {
			bench.say(`  ${greeting} is no longer kept: ${(error as Error).message}`);
			return null;
		});
		if (run) runs.push(run);
	}
	return runs;
}

/** To and fro between the live release and the one that is warm. */
async function measureBlueGreen(bench: Bench, stack: Stack): Promise<Run[]> {
	const repository = await publishFixture('node-server', 'blue-green');
	const project = await stack.api.createProject('blue-green', repository.address, {
		release_strategy: 'blue_green',
		watch_seconds: 0
	});
	let warm = { id: (await release(stack, project, 'blue')).id, greeting: 'blue' };
	let live = { id: (await release(stack, project, 'green')).id, greeting: 'green' };
	await repository.refuse('cut');
	const runs: Run[] = [];
	for (let turn = 1; turn <= bench.options.pairs; turn += 1) {
		runs.push(await goBack(stack, project, warm.id, warm.greeting));
		const { items } = await stack.api.json<{ items: Deployment[] }>(
			'GET',
			`/projects/${project.id}/deployments?limit=1`
		);
		[warm, live] = [live, { id: items[0]?.id ?? 0, greeting: warm.greeting }];
	}
	return runs;
}

function rows(name: string, runs: Run[]): Row[] {
	const command = 'POST /api/v1/deployments/{id}/rollback, the repository removed';
	const live = runs.map((run) => run.liveMs);
	const ended = runs.map((run) => run.endedMs);
	return [
		{
			name: `rollback, ${name}: call to first answer of the older release, slowest of ${runs.length}`,
			value: Math.max(...live),
			unit: 'ms',
			target: { atMost: 2000 },
			command: `${command}, until it answers through Caddy`,
			detail: { samples_ms: live }
		},
		{
			name: `rollback, ${name}: call to success (median)`,
			value: median(ended),
			unit: 'ms',
			target: name === 'blue-green' ? { atMost: 2000 } : null,
			command: `${command}, until status is success`,
			detail: { samples_ms: ended }
		}
	];
}

export const rollback: Figure = async (bench) => {
	const stack = await bench.stack();
	const rolling = rows('rolling', await measureRolling(bench, stack));
	return [...rolling, ...rows('blue-green', await measureBlueGreen(bench, stack))];
};
