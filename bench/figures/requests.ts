/** What the back end answers, signed in, over plain loopback: a list of 50 projects, of 100 deployments, a log of 2,000 lines. */
import { readdir } from 'node:fs/promises';
import { publishOwn } from '../lib/apps.ts';
import type { Bench, Figure } from '../lib/bench.ts';
import type { Row } from '../lib/report.ts';
import { seed, type Seeded } from '../lib/seed.ts';
import type { Stack } from '../lib/stack.ts';
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

/** What is measured must be what is said: counts of items, bytes of the log. */
async function check(stack: Stack, seeded: Seeded, targets: Target[]): Promise<void> {
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
}

function rows({ name, perSecond, p99Ms }: Target, load: Load, command: string): Row[] {
	const row = (what: string, value: number, unit: string, target: Row['target']): Row => ({
		name: `${name}: ${what}`,
		value,
		unit,
		target,
		command
	});
	return [
		row('requests', load.perSecond, '/s', perSecond === null ? null : { atLeast: perSecond }),
		row('p50', load.p50Ms, 'ms', null),
		row('p99', load.p99Ms, 'ms', p99Ms === null ? null : { atMost: p99Ms })
	];
}

async function measure(bench: Bench, stack: Stack, target: Target): Promise<Row[]> {
	const seconds = bench.options.quick ? 2 : 10;
	const address = stack.api.address + target.path;
	await wrk(address, stack.api.token, 1);
	return rows(target, await wrk(address, stack.api.token, seconds), wrkCommand(address, seconds));
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
	await check(stack, seeded, targets);
	const result: Row[] = [];
	for (const target of targets) result.push(...(await measure(bench, stack, target)));
	return result;
};
