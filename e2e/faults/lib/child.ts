/** One program that a test starts, pauses and kills: in a session of its own, what it prints in a file. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

export interface Program {
	argv: string[];
	log: string;
	env?: NodeJS.ProcessEnv;
	cwd?: string;
}

export interface Ending {
	code: number | null;
	signal: NodeJS.Signals | null;
}

const running = new Set<Child>();
// A test run that ends early leaves nothing running behind.
process.on('exit', () => {
	for (const child of running) child.signal('SIGKILL');
});

export class Child {
	readonly ended: Promise<Ending>;
	#process: ChildProcess;
	#ending: Ending | null = null;

	constructor(program: Program) {
		const [file = '', ...args] = program.argv;
		const log = openSync(program.log, 'a');
		this.#process = spawn(file, args, {
			cwd: program.cwd,
			env: { ...process.env, ...program.env },
			stdio: ['ignore', log, log],
			detached: true
		});
		closeSync(log);
		running.add(this);
		this.ended = new Promise((resolve) => {
			const end = (ending: Ending) => {
				this.#ending = ending;
				running.delete(this);
				resolve(ending);
			};
			this.#process.on('exit', (code, signal) => end({ code, signal }));
			this.#process.on('error', () => end({ code: 127, signal: null }));
		});
	}

	get pid(): number {
		return this.#process.pid ?? 0;
	}

	get ending(): Ending | null {
		return this.#ending;
	}

	get alive(): boolean {
		return this.#ending === null;
	}

	signal(signal: NodeJS.Signals): void {
		if (this.alive) this.#process.kill(signal);
	}

	async kill(): Promise<void> {
		this.signal('SIGKILL');
		await this.ended;
	}

	/** SIGTERM, and SIGKILL when it has not ended in time. */
	async stop(limitMs = 25_000): Promise<Ending> {
		const late = setTimeout(() => this.signal('SIGKILL'), limitMs);
		this.signal('SIGTERM');
		const ending = await this.ended;
		clearTimeout(late);
		return ending;
	}
}
