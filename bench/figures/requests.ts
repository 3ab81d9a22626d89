/** What the back end answers, signed in, over plain loopback: a list of 50 projects, of 100 deployments, a log of 2,000 lines. */
import { readdir } from 'node:fs/promises';
import { publishOwn } from '../lib/apps.ts';
import type { Figure } from '../lib/bench.ts';
import { processorMs } from '../lib/processes.ts';
import type { Row } from '../lib/report.ts';
import { seed, type Seeded } from '../lib/seed.ts';
import type { Stack } from '../lib/stack.ts';
import { median } from '../lib/stats.ts';
import { wrk, wrkCommand, type Load } from '../lib/wrk.ts';

const projectCount = 50;
const deploymentCount = 100;
const lineCount = 2000;

interface Target {
	name: string;
	path: string;
	perSecond: number | null;
	p99Ms: number | null;
}

/** Up to fifty; what other figures made counts. */
async function fillProjects(stack: Stack): Promise<number> {
	const repository = await publishOwn('echo', 'listed');
	const { items } = await stack.api.json<{ items: unknown[] }>('GET', '/projects?limit=100');
	let id = 0;
	for (let number = items.length; number < projectCount; number += 1) {
		id = (await stack.api.createProject(`listed-${number}`, repository.address)).id;
	}
	return id;
}

async function prepare(stack: Stack): Promise<Seeded> {
	const projectId = await fillProjects(stack);
	let seeded: Seeded | null = null;
	await stack.restart(async () => {
		const file = (await readdir(stack.data)).find((name) => /\.(db|sqlite3?)$/.test(name));
		if (!file) throw new Error(`There is no SQLite database in ${stack.data}.`);
		seeded = seed(stack.data, file, projectId, deploymentCount, lineCount);
	});
	if (!seeded) throw new Error('Nothing was written.');
	return seeded;
}

/** What is measured must be what is said: counts of items, bytes of the log. Returns the length of each body. */
async function check(stack: Stack, seeded: Seeded, targets: Target[]): Promise<number[]> {
	const bodies = await Promise.all(
		targets.map(async ({ path }) => (await stack.api.send('GET', path)).text())
	);
	const [projects, deployments, log] = bodies as [string, string, string];
	const count = (text: string) => (JSON.parse(text) as { items: unknown[] }).items.length;
	if (count(projects) !== projectCount) throw new Error(`${count(projects)} projects are listed.`);
	if (count(deployments) !== deploymentCount)
		throw new Error(`${count(deployments)} deployments are listed.`);
	if (log.length !== seeded.logBytes)
		throw new Error(`The log has ${log.length} bytes of ${seeded.logBytes}.`);
	return bodies.map((body) => Buffer.byteLength(body));
}

interface Sample extends Load {
	processorUs: number;
}

/** Rounds go through all targets in turns: on a shared machine one of them may fall into a bad moment. */
async function measure(stack: Stack, target: Target, bodyBytes: number, seconds: number): Promise<Sample> {
	const address = stack.api.address + target.path;
	const pid = await stack.pid('backend');
	const before = await processorMs(pid);
	const load = await wrk(address, stack.api.token, seconds);
	const processorUs = ((await processorMs(pid)) - before) * 1000;
	// wrk counts an answer when its end is seen; a short one would be a fast one.
	if (load.answerBytes < bodyBytes)
		throw new Error(`${target.name}: answers of ${load.answerBytes} bytes came.`);
	return { ...load, processorUs: processorUs / load.requests };
}

function rows({ name, perSecond, p99Ms }: Target, samples: Sample[], command: string): Row[] {
	const row = (what: string, unit: string, pick: (sample: Sample) => number, target: Row['target']): Row => ({
		name: `${name}: ${what}`,
		value: median(samples.map(pick)),
		unit,
		target,
		command,
		detail: { samples: samples.map(pick), answer_bytes: Math.round(samples[0]?.answerBytes ?? 0) }
	});
	return [
		row('requests', '/s', (sample) => sample.perSecond, perSecond === null ? null : { atLeast: perSecond }),
		row('p50', 'ms', (sample) => sample.p50Ms, null),
		row('p99', 'ms', (sample) => sample.p99Ms, p99Ms === null ? null : { atMost: p99Ms }),
		row('processor time of a request', 'µs', (sample) => sample.processorUs, null)
	];
}

export const requests: Figure = async (bench) => {
	const stack = await bench.stack();
	const seeded = await prepare(stack);
	const targets: Target[] = [
		{ name: `GET /projects (${projectCount})`, path: '/projects', perSecond: 10_000, p99Ms: 15 },
		{
			name: `GET /projects/{id}/deployments (${deploymentCount})`,
			path: `/projects/${seeded.projectId}/deployments?limit=${deploymentCount}`,
			perSecond: null,
			p99Ms: null
		},
		{
			name: `GET /deployments/{id}/log (${lineCount.toLocaleString('en')} lines, ${Math.round(seeded.logBytes / 1024)} KiB)`,
			path: `/deployments/${seeded.deploymentId}/log`,
			perSecond: null,
			p99Ms: null
		}
	];
	const lengths = await check(stack, seeded, targets);
	const { rounds, seconds } = bench.options.quick ? { rounds: 1, seconds: 2 } : { rounds: 5, seconds: 5 };
	const samples: Sample[][] = targets.map(() => []);
	for (let round = 0; round < rounds; round += 1) {
		for (const [index, target] of targets.entries()) {
			samples[index]?.push(await measure(stack, target, lengths[index] ?? 0, seconds));
		}
	}
	return targets.flatMap((target, index) =>
		rows(target, samples[index] ?? [], wrkCommand(stack.api.address + target.path, seconds))
	);
};
