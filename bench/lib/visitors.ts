/**
 * People who keep using a site while it is replaced: on connections that they keep, of HTTP/1.1 and HTTP/2, or on a fresh one
 * each time, reading and sending. Any answer but the expected one counts as failed. Paced, so that the builds beside them get on.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from './clock.ts';
import { openConnection, type Connection, type ConnectionKind } from './connection.ts';
import { percentile } from './stats.ts';

export interface Tally {
	requests: number;
	posts: number;
	onFreshConnections: number;
	overHttp2: number;
	failed: number;
	/** The first of them, for people. */
	failures: string[];
	p50Ms: number;
	p99Ms: number;
	slowestMs: number;
}

const connections = 50;
/** Of ten people. */
const kinds: ConnectionKind[] = [
	'fresh',
	'http2',
	'kept',
	'kept',
	'kept',
	'fresh',
	'http2',
	'http2',
	'kept',
	'kept'
];
const pauseMs = 20;
const answerLimitMs = 10_000;
const keptFailures = 20;
const body = 'x'.repeat(2048);

export class Visitors {
	readonly #loops: Promise<void>[];
	readonly #latencies: number[] = [];
	readonly #failures: string[] = [];
	#posts = 0;
	#onFreshConnections = 0;
	#overHttp2 = 0;
	#failed = 0;
	#gone = false;

	/** The site answers 200 to a GET, and a POST with its very body. */
	constructor(port: number, host: string, options: { http2: boolean } = { http2: true }) {
		const site = { port, host, limitMs: answerLimitMs };
		this.#loops = Array.from({ length: connections }, (_, person) => {
			const kind = kinds[person % kinds.length] ?? 'kept';
			return this.#stay(person, openConnection(kind === 'http2' && !options.http2 ? 'kept' : kind, site));
		});
	}

	get answered(): number {
		return this.#latencies.length;
	}

	get failed(): number {
		return this.#failed;
	}

	/** Each waits for the answer that is under way. */
	async leave(): Promise<Tally> {
		this.#gone = true;
		await Promise.all(this.#loops);
		const latency = (share: number) =>
			this.answered === 0 ? Number.NaN : percentile(this.#latencies, share);
		return {
			requests: this.#latencies.length + this.#failed,
			posts: this.#posts,
			onFreshConnections: this.#onFreshConnections,
			overHttp2: this.#overHttp2,
			failed: this.#failed,
			failures: this.#failures,
			p50Ms: latency(0.5),
			p99Ms: latency(0.99),
			slowestMs: latency(1)
		};
	}

	async #stay(person: number, connection: Connection): Promise<void> {
		for (let turn = 0; !this.#gone; turn += 1) {
			await this.#ask(connection, turn % 10 < 3, `${person} ${turn} ${body}`);
			await sleep(pauseMs);
		}
		connection.close();
	}

	async #ask(connection: Connection, posts: boolean, sent: string): Promise<void> {
		if (posts) this.#posts += 1;
		if (connection.kind === 'fresh') this.#onFreshConnections += 1;
		if (connection.kind === 'http2') this.#overHttp2 += 1;
		const began = now();
		try {
			const answer = await (posts ? connection.ask(sent) : connection.ask());
			if (answer.status !== 200 || (posts && answer.text !== sent)) {
				throw new Error(`${answer.status} ${answer.text.slice(0, 80)}`);
			}
			this.#latencies.push(now() - began);
		} catch (error) {
			this.#failed += 1;
			const kind = `${posts ? 'POST' : 'GET'} on a ${connection.kind} connection`;
			if (this.#failures.length < keptFailures) {
				this.#failures.push(`${new Date().toISOString()} ${kind}: ${(error as Error).message}`);
			}
		}
	}
}
