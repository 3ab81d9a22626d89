/**
 * Visitors of the sites under test, straight to Caddy: one request each 20 ms, on kept and on fresh connections in turn. As
 * browsers do (RFC 9112 section 9.3.1), they ask again when a kept connection turns out to be closed before any answer: a
 * Caddy that takes new sites closes those. Such repetitions are counted apart.
 */
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export interface Seen {
	status: number;
	text: string;
}

const answerLimitMs = 15_000;
const pauseMs = 20;

/** How Node says that a connection was reset, before the answer or within it. */
export const resetConnection = /ECONNRESET|socket hang up/;

/** The server had closed the kept connection when the request was sent. */
class StaleConnection extends Error {}

export function visit(port: number, site: string, agent: Agent | false = false, path = '/'): Promise<Seen> {
	return new Promise((resolve, reject) => {
		const outgoing = request(
			{
				host: '127.0.0.1',
				port,
				path,
				agent,
				timeout: answerLimitMs,
				headers: { host: `${site}.localhost:${port}` }
			},
			(answer) => {
				let text = '';
				answer.setEncoding('utf8');
				answer.on('data', (piece: string) => (text += piece));
				answer.on('error', reject);
				answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
			}
		);
		outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
		outgoing.on('error', (error: NodeJS.ErrnoException) =>
			reject(outgoing.reusedSocket && error.code === 'ECONNRESET' ? new StaleConnection() : error)
		);
		outgoing.end();
	});
}

export class Visitors {
	readonly failures: string[] = [];
	requests = 0;
	repeated = 0;
	/** What the site said, without repetition: the releases in the order in which visitors saw them. */
	readonly said: string[] = [];
	readonly #port: number;
	readonly #site: string;
	readonly #kept = new Agent({ keepAlive: true, maxSockets: 2 });
	readonly #loop: Promise<void>;
	#gone = false;
	excused = false;

	constructor(port: number, site: string) {
		this.#port = port;
		this.#site = site;
		this.#loop = this.#stay();
	}

	/** While the site's own container is the target of a fault, its silence is no failure. */
	async excuse<T>(during: () => Promise<T>): Promise<T> {
		this.excused = true;
		try {
			return await during();
		} finally {
			this.excused = false;
		}
	}

	async leave(): Promise<void> {
		this.#gone = true;
		await this.#loop;
		this.#kept.destroy();
	}

	async #stay(): Promise<void> {
		const open = new Set<Promise<void>>();
		for (let n = 0; !this.#gone; n += 1) {
			const asking: Promise<void> = this.#ask(n % 2 === 0 ? this.#kept : false).finally(() =>
				open.delete(asking)
			);
			open.add(asking);
			await pause(pauseMs);
			if (open.size > 50) await Promise.race(open);
		}
		await Promise.all(open);
	}

	async #ask(agent: Agent | false): Promise<void> {
		this.requests += 1;
		const excused = this.excused;
		const at = new Date().toISOString();
		try {
			const { status, text } = await visit(this.#port, this.#site, agent).catch((error: unknown) => {
				if (!(error instanceof StaleConnection)) throw error;
				this.repeated += 1;
				return visit(this.#port, this.#site);
			});
			if (status === 200) {
				if (this.said.at(-1) !== text) this.said.push(text);
			} else if (!excused && !this.excused)
				this.failures.push(`${at} ${this.#site}: status ${status}: ${text.slice(0, 80)}`);
		} catch (error) {
			if (!excused && !this.excused) this.failures.push(`${at} ${this.#site}: ${(error as Error).message}`);
		}
	}
}
