/** The queue without Redis, and the durable writes below it, on SQLite files of their own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../../e2e/support/command.ts';
import { programPath } from './bench-programs.ts';
import type { Row } from './report.ts';
import { median } from './stats.ts';

const limitMs = 10 * 60_000;

interface Measured {
	per_second: number;
}

/** A new file each time: what the last one left behind is no part of the next figure. */
async function perSecond(what: 'queue' | 'writes', count: number, share: number): Promise<number> {
	const folder = await mkdtemp(join(tmpdir(), 'panel-jobs-'));
	try {
		const words = [what, `sqlite://${join(folder, 'panel.db')}`, String(count), String(share)];
		return (
			JSON.parse(await command(programPath('database_bench'), words, { timeoutMs: limitMs })) as Measured
		).per_second;
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

function row(name: string, unit: string, atLeast: number | null, samples: number[], words: string): Row {
	return {
		name,
		value: median(samples),
		unit,
		target: atLeast === null ? null : { atLeast },
		command: `database_bench ${words}`,
		detail: { samples, load: loadavg()[0] }
	};
}

/** In turns, as everything that shares the machine with others. */
export async function embeddedQueue(rounds: number, scale: number): Promise<Row[]> {
	const alone: number[] = [];
	const grouped: number[] = [];
	const writes: number[] = [];
	const count = 20_000 / scale;
	for (let round = 0; round < rounds; round += 1) {
		alone.push(await perSecond('queue', count, 0));
		grouped.push(await perSecond('queue', count, 100));
		writes.push(await perSecond('writes', count, 64));
	}
	const durable = 'durable jobs a second through the embedded queue (SQLite, synchronous=FULL, empty handler';
	return [
		row(`${durable})`, 'jobs/s', 3_000, alone, `queue sqlite://<file> ${count} 0`),
		row(`${durable}, 100 groups)`, 'jobs/s', 3_000, grouped, `queue sqlite://<file> ${count} 100`),
		row(
			'durable writes a second, 64 writers at once',
			'writes/s',
			null,
			writes,
			`writes sqlite://<file> ${count} 64`
		)
	];
}
