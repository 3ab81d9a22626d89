/**
 * People who keep using a site while it is replaced: some on connections that they keep, some on a fresh one each time, reading
 * and sending. Any answer but the expected one counts as failed. Paced, so that the builds beside them get on.
 */
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from './clock.ts';
import { percentile } from './stats.ts';
import { visit } from './visit.ts';

export interface Tally {
	requests: number;
	posts: number;
	onFreshConnections: number;
	failed: number;
	/** The first of them, for people. */
	failures: string[];
	p50Ms: number;
	p99Ms: number;
	slowestMs: number;
}

const connections = 50;
const freshEvery = 5;
const pauseMs = 20;
const answerLimitMs = 10_000;
const keptFailures = 20;
const body = 'x'.repeat(2048);

export class Visitors {
	readonly #port: number;
	readonly #host: string;
	readonly #loops: Promise<void>[];
	readonly #latencies: number[] = [];
	readonly #failures: string[] = [];
	#posts = 0;
	#onFreshConnections = 0;
	#failed = 0;
	#gone = false;

	/** The site answers 200 to a GET, and a POST with its very body. */
	constructor(port: number, host: string) {
		this.#port = port;
		this.#host = host;
		this.#loops = Array.from({ length: connections }, (_, person) => this.#stay(person));
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
			failed: this.#failed,
			failures: this.#failures,
			p50Ms: latency(0.5),
			p99Ms: latency(0.99),
			slowestMs: latency(1)
		};
	}

	async #stay(person: number): Promise<void> {
		const agent = person % freshEvery === 0 ? false : new Agent({ keepAlive: true, maxSockets: 1 });
		for (let turn = 0; !this.#gone; turn += 1) {
			await this.#ask(agent, turn % 10 < 3, `${person} ${turn} ${body}`);
			await sleep(pauseMs);
		}
		if (agent) agent.destroy();
	}

	async #ask(agent: Agent | false, posts: boolean, sent: string): Promise<void> {
		if (posts) this.#posts += 1;
		if (!agent) this.#onFreshConnections += 1;
		const site = { port: this.#port, host: this.#host, agent, limitMs: answerLimitMs };
		const began = now();
		try {
			const answer = await visit(posts ? { ...site, method: 'POST', body: sent } : site);
			if (answer.status !== 200 || (posts && answer.text !== sent)) {
				throw new Error(`${answer.status} ${answer.text.slice(0, 80)}`);
			}
			this.#latencies.push(now() - began);
		} catch (error) {
			this.#failed += 1;
			const kind = `${posts ? 'POST' : 'GET'} on a ${agent ? 'kept' : 'fresh'} connection`;
			if (this.#failures.length < keptFailures) {
				this.#failures.push(`${new Date().toISOString()} ${kind}: ${(error as Error).message}`);
			}
		}
	}
}
