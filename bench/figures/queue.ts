/** Both queues. The one in Redis: tasks a second, far and near, and how soon one begins; beside it the published Asynq, in turns. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from '../../e2e/support/command.ts';
import type { Figure } from '../lib/bench.ts';
import { buildPrograms, programPath } from '../lib/bench-programs.ts';
import { embeddedQueue } from '../lib/embedded-queue.ts';
import type { Row } from '../lib/report.ts';
import { freePort, root } from '../lib/stack.ts';
import { median } from '../lib/stats.ts';

const program = programPath('queue_bench');
const peer = join(root, 'build', 'interop', 'asynq-peer-0.26');
const limitMs = 10 * 60_000;
const oneWayMicroseconds = '1000';

async function build(): Promise<void> {
	await buildPrograms();
	await command(join(root, 'backend/tests/interop/asynq/peer/build'), [join(root, 'build', 'interop')], {
		timeoutMs: limitMs
	});
}

/** A Redis of its own that keeps nothing on disk, and a port before it that is a millisecond away in each direction. */
class Place {
	readonly folder: string;
	readonly socket: string;
	readonly farPort: number;
	readonly #processes: ChildProcess[];

	private constructor(folder: string, farPort: number) {
		this.folder = folder;
		this.socket = join(folder, 'redis.sock');
		this.farPort = farPort;
		this.#processes = [
			spawn('redis-server', ['--port', '0', '--unixsocket', this.socket, '--save', '', '--dir', folder], {
				stdio: 'ignore'
			}),
			spawn(program, ['proxy', String(farPort), this.socket, oneWayMicroseconds], { stdio: 'ignore' })
		];
	}

	static async open(): Promise<Place> {
		const place = new Place(await mkdtemp(join(tmpdir(), 'panel-queue-')), await freePort());
		for (let tries = 0; tries < 100 && !existsSync(place.socket); tries += 1) await sleep(50);
		return place;
	}

	async empty(): Promise<void> {
		await command('redis-cli', ['-s', this.socket, 'FLUSHALL']);
	}

	async close(): Promise<void> {
		for (const process of this.#processes) process.kill('SIGKILL');
		await rm(this.folder, { recursive: true, force: true });
	}
}

interface Throughput {
	per_second: number;
}

interface Pickup {
	p50_ms: number;
	p99_ms: number;
}

async function throughput(place: Place, far: boolean, tasks: number, concurrency: number) {
	const url = far ? `redis://127.0.0.1:${place.farPort}` : `unix://${place.socket}`;
	await place.empty();
	const words = ['throughput', url, String(tasks), String(concurrency)];
	return (JSON.parse(await command(program, words, { timeoutMs: limitMs })) as Throughput).per_second;
}

async function throughputOfAsynq(place: Place, far: boolean, tasks: number, concurrency: number) {
	const address = far ? `127.0.0.1:${place.farPort}` : place.socket;
	await place.empty();
	const request = JSON.stringify({ count: tasks, concurrency });
	return (JSON.parse(await command(peer, [address, 'bench', request], { timeoutMs: limitMs })) as Throughput)
		.per_second;
}

/** Ours and theirs take turns, so that what else the machine does falls on both. */
async function compare(place: Place, far: boolean, rounds: number, scale: number): Promise<Row[]> {
	const ours: number[] = [];
	const theirs: number[] = [];
	const concurrency = far ? 100 : 32;
	for (let round = 0; round < rounds; round += 1) {
		ours.push(await throughput(place, far, (far ? 20_000 : 100_000) / scale, concurrency));
		if (existsSync(peer))
			theirs.push(await throughputOfAsynq(place, far, (far ? 1_000 : 20_000) / scale, concurrency));
	}
	const where = far ? 'with 2 ms of added latency' : 'on the same machine';
	const rows: Row[] = [
		{
			name: `tasks a second through Redis ${where} (empty handler, concurrency ${concurrency})`,
			value: median(ours),
			unit: 'tasks/s',
			target: { atLeast: far ? 6_000 : 25_000 },
			command: `queue_bench throughput ${far ? 'redis://<delaying proxy>' : 'unix://<redis>'} ... ${concurrency}`,
			detail: { samples: ours, asynq: theirs }
		}
	];
	if (theirs.length > 0)
		rows.push({
			name: `the same, over what Asynq v0.26.0 makes there (${Math.round(median(theirs)).toLocaleString('en')}/s)`,
			value: median(ours) / median(theirs),
			unit: '×',
			target: far ? { atLeast: 20 } : null,
			command: `asynq-peer ... bench '{"concurrency":${concurrency}}'`
		});
	return rows;
}

async function pickup(place: Place, tasks: number): Promise<Row> {
	await place.empty();
	const words = ['pickup', `unix://${place.socket}`, String(tasks)];
	const waits = JSON.parse(await command(program, words, { timeoutMs: limitMs })) as Pickup;
	return {
		name: 'from push to the start of the handler, one task at a time, another client',
		value: waits.p50_ms,
		unit: 'ms',
		target: { atMost: 5 },
		command: `queue_bench pickup unix://<redis> ${tasks}`,
		detail: { ...waits }
	};
}

export const queue: Figure = async (bench) => {
	bench.say('  building');
	await build();
	if (!existsSync(peer))
		bench.say('  skipped: Asynq itself, since there is no Go or no Go module to build it with');
	const place = await Place.open();
	try {
		const rounds = bench.options.quick ? 1 : 5;
		const scale = bench.options.quick ? 5 : 1;
		return [
			...(await embeddedQueue(rounds, scale)),
			...(await compare(place, false, rounds, scale)),
			...(await compare(place, true, rounds, scale)),
			await pickup(place, bench.options.quick ? 40 : 200)
		];
	} finally {
		await place.close();
	}
};
