/** What the panel takes from a small server while nothing happens: right after the start, and a minute after a deployment. */
import { setTimeout as sleep } from 'node:timers/promises';
import { publishFixture } from '../lib/apps.ts';
import type { Figure } from '../lib/bench.ts';
import type { Memory } from '../lib/processes.ts';
import type { Row } from '../lib/report.ts';

const limitMb = 20;

function row(name: string, memory: Memory, limit: number | null, seconds: number | null): Row {
	const when = seconds === null ? 'right after the start' : `${seconds} s after a deployment`;
	return {
		name: `memory of ${name}, ${when} (RSS)`,
		value: memory.rssMb,
		unit: 'MB',
		target: limit === null ? null : { atMost: limit },
		command: 'VmRSS of /proc/<pid>/status, Pss of /proc/<pid>/smaps_rollup',
		detail: { pss_mb: memory.pssMb }
	};
}

export const memory: Figure = async (bench) => {
	const stack = await bench.stack();
	const started = await stack.memory('backend');
	const repository = await publishFixture('node-server', 'idle');
	const project = await stack.api.createProject('idle', repository.address);
	await stack.api.deploy(project.id);
	const seconds = bench.options.quick ? 5 : 60;
	bench.say(`  idling for ${seconds} s`);
	await sleep(seconds * 1000);
	return [
		// Not idle: what it has just read of Docker's build cache is given back within half a minute.
		row('the back end', started, null, null),
		row('the back end', await stack.memory('backend'), limitMb, seconds),
		row('the page', await stack.memory('page'), null, seconds),
		row('Caddy', await stack.memory('caddy'), null, seconds)
	];
};
