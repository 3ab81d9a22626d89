/** A back end of the role `web` alone, on a data directory and a database of its own: no Docker, no Caddy, no page. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Api } from './api.ts';
import { until } from './clock.ts';
import { freePort, root } from './stack.ts';

const person = { name: 'Lena Berg', email: 'lena@example.com', password: 'correct horse battery staple' };
const startLimitMs = 120_000;

export class WebProcess {
	readonly #data: string;
	readonly #database: string;
	#process: ChildProcess | null = null;
	#api: Api | null = null;

	constructor(data: string, database: string) {
		this.#data = data;
		this.#database = database;
	}

	get api(): Api {
		if (!this.#api) throw new Error('The process has not been started.');
		return this.#api;
	}

	/** The first start makes the administrator. */
	async start(isFirst: boolean): Promise<void> {
		const port = await freePort();
		const program = process.env.VPS_PANEL_BINARY ?? join(root, 'build', 'release', 'vps-panel');
		const words = ['serve', '--role', 'web', '--data', this.#data, '--database', this.#database];
		this.#process = spawn(program, [...words, '--listen', `127.0.0.1:${port}`], { stdio: 'ignore' });
		const address = `http://127.0.0.1:${port}/health`;
		await until(`${program} ${words.join(' ')}`, startLimitMs, 50, async () => {
			if (this.#process?.exitCode !== null) throw new Error('The back end has ended.');
			return fetch(address).then(
				(answer) => (answer.ok ? true : null),
				() => null
			);
		});
		this.#api = new Api(port);
		if (isFirst) {
			const setupUrl = (await readFile(join(this.#data, 'setup-url'), 'utf8')).trim();
			await this.#api.setUp(setupUrl, person);
		} else {
			await this.#api.signIn(person.email, person.password);
		}
	}

	async stop(): Promise<void> {
		const ended = this.#process;
		this.#process = null;
		if (!ended || ended.exitCode !== null) return;
		ended.kill('SIGTERM');
		await once(ended, 'exit');
	}
}
