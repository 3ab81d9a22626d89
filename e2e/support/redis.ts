/** A Redis of the tests' own, which they flush, stop and start again. Nothing of it is kept on disk: it forgets everything. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { command } from './command.ts';

export class Redis {
	readonly port: number;
	#child: ChildProcess | undefined;

	constructor(port: number) {
		this.port = port;
	}

	get url(): string {
		return `redis://127.0.0.1:${this.port}/0`;
	}

	async start(): Promise<void> {
		const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
		this.#child = spawn('redis-server', args, { stdio: 'ignore' });
		const end = Date.now() + 10_000;
		while (Date.now() < end) {
			if (await this.ask('PING').catch(() => '')) return;
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
		throw new Error(`Redis does not answer on port ${this.port}.`);
	}

	ask(...words: string[]): Promise<string> {
		return command('redis-cli', ['-p', String(this.port), ...words], { timeoutMs: 5_000 });
	}

	/** As a machine that lost its power. */
	async kill(): Promise<void> {
		const child = this.#child;
		if (!child) return;
		this.#child = undefined;
		const ended = once(child, 'exit');
		child.kill('SIGKILL');
		await ended;
	}
}
