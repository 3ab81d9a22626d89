/**
 * The back end under test, as one process or as web and worker processes, started without the supervisor: whoever kills it
 * decides when it comes back. Crash points are armed by a file that every process reads, so that a running panel is armed.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Child } from './child.ts';
import { until } from './until.ts';

export const root = join(import.meta.dirname, '..', '..', '..');
export const binary = process.env.VPS_PANEL_FAULTS_BINARY ?? join(root, 'build', 'dev', 'vps-panel');
/** Much longer than a start takes, so that only a hang passes it. */
const startLimitMs = 60_000;

export type Role = 'all' | 'web' | 'worker';

export interface PanelSetup {
	data: string;
	port: number;
	/** One process for each; the first of a role goes by its name, others as "worker-2". */
	roles: Role[];
	options: string[];
	env: NodeJS.ProcessEnv;
	/** Comes before the program: strace, faketime. */
	wrapper?: string[];
}

export class Panel {
	readonly setup: PanelSetup;
	readonly #children = new Map<string, Child>();

	constructor(setup: PanelSetup) {
		this.setup = setup;
	}

	get #order(): string {
		return join(this.setup.data, 'crash-at');
	}

	child(name: string): Child {
		const child = this.#children.get(name);
		if (!child) throw new Error(`The panel has no process ${name}.`);
		return child;
	}

	get children(): Child[] {
		return [...this.#children.values()];
	}

	get alive(): boolean {
		return this.#children.size > 0 && this.children.every((child) => child.alive);
	}

	/** The names of those that were killed or have ended. */
	get dead(): string[] {
		return [...this.#children].filter(([, child]) => !child.alive).map(([name]) => name);
	}

	/** Starts what does not run and waits until it answers. */
	async start(): Promise<void> {
		this.launch();
		await until('the panel is ready', startLimitMs, async () => {
			if (!this.alive) {
				const log = await readFile(this.log, 'utf8').catch(() => '');
				// Armed, it may well die while it starts; whoever armed it knows.
				if (this.children.some((child) => child.ending?.signal === 'SIGKILL')) return true;
				throw new Error(`The panel ended while it started: ${log.slice(-400)}`);
			}
			return this.answers();
		});
	}

	/** Starts what does not run, of all processes or of these. */
	launch(only?: string[]): void {
		const { data, port, roles, options, env, wrapper = [] } = this.setup;
		const count = new Map<Role, number>();
		for (const role of roles) {
			const n = (count.get(role) ?? 0) + 1;
			count.set(role, n);
			const name = n === 1 ? role : `${role}-${n}`;
			if (this.#children.get(name)?.alive || (only && !only.includes(name))) continue;
			const argv = [...wrapper, binary, 'serve', '--data', data, '--listen', `127.0.0.1:${port}`, ...options];
			if (role !== 'all') argv.push('--role', role);
			this.#children.set(
				name,
				new Child({ argv, log: this.log, cwd: data, env: { ...env, VPS_PANEL_CRASH_AT: `@${this.#order}` } })
			);
		}
	}

	get log(): string {
		return join(this.setup.data, 'log', 'backend.log');
	}

	async answers(): Promise<boolean> {
		const answer = await fetch(`http://127.0.0.1:${this.setup.port}/ready`, {
			signal: AbortSignal.timeout(5_000)
		}).catch(() => null);
		return answer?.ok ?? false;
	}

	/** The n-th passing of the point from now on kills the process that passes it. */
	async arm(point: string, n = 1): Promise<void> {
		await writeFile(`${this.#order}.new`, `${point}:${n}\n`);
		const { rename } = await import('node:fs/promises');
		await rename(`${this.#order}.new`, this.#order);
	}

	async disarm(): Promise<void> {
		await rm(this.#order, { force: true });
	}

	/** Any of its processes. */
	async died(): Promise<void> {
		await Promise.race(this.children.map((child) => child.ended));
	}

	async kill(): Promise<void> {
		await Promise.all(this.children.map((child) => child.kill()));
	}

	async stop(): Promise<void> {
		await Promise.all(this.children.map((child) => child.stop()));
	}
}
