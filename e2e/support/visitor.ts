/**
 * Visitors of a deployed site, outside any browser: straight to Caddy on the loopback address, with the site's name as Host,
 * because not every resolver knows *.localhost.
 */
import { Agent, request as send, type IncomingHttpHeaders } from 'node:http';
import { shared } from './shared.ts';

export interface Answer {
	status: number;
	headers: IncomingHttpHeaders;
	text: string;
}

export interface Asking {
	method?: 'GET' | 'POST';
	path?: string;
	body?: string;
	headers?: Record<string, string>;
	agent?: Agent | false;
}

const answerLimitMs = 30_000;

/** `site` is a project's name, or a whole domain. */
export function visit(site: string, asking: Asking = {}): Promise<Answer> {
	const { port } = shared();
	const host = site.includes('.') ? `${site}:${port}` : `${site}.localhost:${port}`;
	return new Promise((resolve, reject) => {
		const outgoing = send(
			{
				host: '127.0.0.1',
				port,
				method: asking.method ?? 'GET',
				path: asking.path ?? '/',
				agent: asking.agent ?? false,
				timeout: answerLimitMs,
				headers: { host, ...asking.headers }
			},
			(response) => {
				const pieces: Buffer[] = [];
				response.on('data', (piece: Buffer) => pieces.push(piece));
				response.on('error', reject);
				response.on('end', () =>
					resolve({
						status: response.statusCode ?? 0,
						headers: response.headers,
						text: Buffer.concat(pieces).toString('utf8')
					})
				);
			}
		);
		outgoing.on('timeout', () => outgoing.destroy(new Error('No answer in time')));
		outgoing.on('error', reject);
		outgoing.end(asking.body);
	});
}

export interface Tally {
	requests: number;
	posts: number;
	failures: string[];
}

/**
 * People who keep using a site while it is replaced: on connections that they keep and on fresh ones, reading and sending.
 * Any answer but the expected one is a failure. Paced, so that the build beside them gets on.
 */
export class Crowd {
	readonly #site: string;
	readonly #postPath: string | null;
	readonly #kept = new Agent({ keepAlive: true, maxSockets: 4 });
	readonly #loops: Promise<void>[] = [];
	readonly #tally: Tally = { requests: 0, posts: 0, failures: [] };
	#gone = false;

	static readonly #people = 6;
	static readonly #mostRequestsEach = 20_000;
	static readonly #pauseMs = 15;

	/** `postPath` answers a POST with its own body. */
	constructor(site: string, postPath: string | null) {
		this.#site = site;
		this.#postPath = postPath;
		for (let person = 0; person < Crowd.#people; person += 1) this.#loops.push(this.#stay(person));
	}

	async leave(): Promise<Tally> {
		this.#gone = true;
		await Promise.all(this.#loops);
		this.#kept.destroy();
		return this.#tally;
	}

	async #stay(person: number): Promise<void> {
		for (let n = 0; n < Crowd.#mostRequestsEach && !this.#gone; n += 1) {
			await this.#ask(
				person % 2 === 0 ? this.#kept : false,
				this.#postPath !== null && n % 5 < 2,
				`${person}-${n}`
			);
			await new Promise((resolve) => setTimeout(resolve, Crowd.#pauseMs));
		}
	}

	async #ask(agent: Agent | false, posts: boolean, mark: string): Promise<void> {
		this.#tally.requests += 1;
		if (posts) this.#tally.posts += 1;
		try {
			const answer = posts
				? await visit(this.#site, {
						agent,
						method: 'POST',
						path: this.#postPath ?? '/',
						body: mark,
						headers: { 'content-type': 'application/octet-stream' }
					})
				: await visit(this.#site, { agent });
			if (answer.status !== 200 || (posts && answer.text !== mark)) {
				this.#tally.failures.push(`${posts ? 'POST' : 'GET'}: ${answer.status} ${answer.text.slice(0, 80)}`);
			}
		} catch (error) {
			this.#tally.failures.push(`${posts ? 'POST' : 'GET'}: ${(error as Error).message}`);
		}
	}
}
