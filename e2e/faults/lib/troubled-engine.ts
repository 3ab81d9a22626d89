/**
 * A Docker engine in trouble: a unix socket that passes everything on to the real one, until it is told to fail some calls.
 */
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** hang: no answer. half: the beginning of one. 500: a failure inside. cut: passed on, and broken off at the first bytes. */
export type Trouble = 'hang' | 'half' | '500' | 'cut';

export class TroubledEngine {
	readonly socket: string;
	readonly #real: string;
	readonly #server: Server;
	#calls: RegExp | null = null;
	#trouble: Trouble = 'hang';
	/** How many calls were failed since trouble began. */
	failed = 0;

	private constructor(socket: string, real: string) {
		this.socket = socket;
		this.#real = real;
		this.#server = createServer({ requestTimeout: 0 }, (incoming, answer) => this.#serve(incoming, answer));
	}

	static async start(socket: string, real = '/var/run/docker.sock'): Promise<TroubledEngine> {
		const engine = new TroubledEngine(socket, real);
		await new Promise<void>((resolve) => engine.#server.listen(socket, resolve));
		return engine;
	}

	/** Calls whose "METHOD /path" matches fail from now on. */
	fail(calls: RegExp, trouble: Trouble): void {
		this.#calls = calls;
		this.#trouble = trouble;
		this.failed = 0;
	}

	recover(): void {
		this.#calls = null;
		this.#server.closeIdleConnections();
	}

	async stop(): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}

	#serve(incoming: IncomingMessage, answer: ServerResponse): void {
		if (!this.#calls?.test(`${incoming.method} ${incoming.url}`)) return this.#pass(incoming, answer, false);
		this.failed += 1;
		incoming.resume();
		switch (this.#trouble) {
			case 'hang':
				return;
			case 'half':
				answer.writeHead(200, { 'content-type': 'application/json', 'content-length': '400' });
				answer.write('{"Id": "0123', () => answer.destroy());
				return;
			case '500':
				answer.writeHead(500, { 'content-type': 'application/json' });
				answer.end(JSON.stringify({ message: 'something went wrong inside' }));
				return;
			case 'cut':
				return this.#pass(incoming, answer, true);
		}
	}

	#pass(incoming: IncomingMessage, answer: ServerResponse, cut: boolean): void {
		const outgoing = request(
			{ socketPath: this.#real, method: incoming.method, path: incoming.url, headers: incoming.headers },
			(real) => {
				answer.writeHead(real.statusCode ?? 502, real.headers);
				if (cut)
					real.once('data', (piece: Buffer) => answer.write(piece.subarray(0, 20), () => answer.destroy()));
				else real.pipe(answer);
			}
		);
		outgoing.on('error', () => answer.destroy());
		answer.on('close', () => outgoing.destroy());
		incoming.pipe(outgoing);
	}
}
