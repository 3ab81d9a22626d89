/**
 * The product as people start it: a git server, then `panel up` on an empty data directory. Owned by the run; `stop` ends
 * everything and removes the containers and images of the apps.
 */
import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGitServer } from '../../e2e/git-server.ts';
import { command } from '../../e2e/support/command.ts';
import { removeAll } from '../../e2e/support/docker.ts';
import { share } from '../../e2e/support/shared.ts';
import { Api } from './api.ts';
import { memoryOf, type Memory } from './processes.ts';

export const root = join(import.meta.dirname, '..', '..');
const panel = join(root, 'panel');
/** What the panel wrote in the last run. */
const keptLogs = join(root, 'build', 'bench-logs');
/** Packages and builds are there: what takes longer than this hangs. */
const startLimitMs = 5 * 60_000;
const administrator = {
	name: 'Lena Berg',
	email: 'lena@example.com',
	password: 'correct horse battery staple'
};

export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}

export async function up(data: string, port: number, environment: NodeJS.ProcessEnv = {}): Promise<void> {
	await command(panel, ['up', '--data', data, '--port', String(port), '--detach'], {
		timeoutMs: startLimitMs,
		env: environment
	});
}

export async function down(data: string): Promise<void> {
	await command(panel, ['down', '--data', data], { timeoutMs: 120_000 });
}

/** The panel keeps a project's network until the project is removed. */
async function removeNetworks(data: string): Promise<void> {
	const networks = await command('docker', [
		'network',
		'ls',
		'-q',
		'--filter',
		`label=vps-panel.data=${data}`
	]);
	for (const network of networks.split('\n').filter(Boolean))
		await command('docker', ['network', 'rm', network]);
}

async function assigned(file: string, name: string): Promise<number> {
	const value = new RegExp(`^${name}=(\\d+)$`, 'm').exec(await readFile(file, 'utf8'))?.[1];
	if (!value) throw new Error(`${file} does not say ${name}.`);
	return Number(value);
}

interface Places {
	folder: string;
	data: string;
	gitRoot: string;
	gitPort: number;
	port: number;
	stopGit: () => Promise<void>;
}

export class Stack {
	readonly folder: string;
	readonly data: string;
	/** Caddy's. */
	readonly port: number;
	#places: Places;
	#api: Api | null = null;

	private constructor(places: Places) {
		this.#places = places;
		this.folder = places.folder;
		this.data = places.data;
		this.port = places.port;
	}

	static async start(): Promise<Stack> {
		const folder = await mkdtemp(join(tmpdir(), 'panel-bench-'));
		const gitRoot = join(folder, 'git');
		await mkdir(gitRoot);
		const git = await startGitServer(gitRoot);
		const stack = new Stack({
			folder,
			data: join(folder, 'data'),
			gitRoot,
			gitPort: git.port,
			port: await freePort(),
			stopGit: git.stop
		});
		try {
			await stack.#up();
			await stack.#signUp();
		} catch (error) {
			await stack.stop().catch(() => undefined);
			throw error;
		}
		return stack;
	}

	get api(): Api {
		if (!this.#api) throw new Error('The panel has not been started.');
		return this.#api;
	}

	/** The Host header of an app. */
	host(project: string): string {
		return `${project}.localhost:${this.port}`;
	}

	#up(): Promise<void> {
		const { gitPort } = this.#places;
		return up(this.data, this.port, {
			VPS_PANEL_PRIVATE_GIT_HOSTS: `127.0.0.1:${gitPort}`,
			// Away from the default range, where the apps of a panel of this machine are.
			VPS_PANEL_APP_PORTS: '28000-28999'
		});
	}

	async #signUp(): Promise<void> {
		const setupUrl = (await readFile(join(this.data, 'setup-url'), 'utf8')).trim();
		// The git repositories of the browser tests find the server through this.
		const { gitRoot, gitPort } = this.#places;
		share({
			url: `http://localhost:${this.port}`,
			port: this.port,
			data: this.data,
			gitRoot,
			gitPort,
			setupUrl
		});
		this.#api = new Api(await this.backendPort());
		await this.#api.setUp(setupUrl, administrator);
	}

	/** Stopped, changed, started again; `change` works on the files of the data directory. */
	async restart(change: () => Promise<void>): Promise<void> {
		await down(this.data);
		await change();
		await this.#up();
		this.#api = new Api(await this.backendPort());
		await this.#api.signIn(administrator.email, administrator.password);
	}

	backendPort(): Promise<number> {
		return assigned(join(this.data, 'run', 'ports.env'), 'BACKEND_PORT');
	}

	async pid(process: 'backend' | 'page' | 'caddy'): Promise<number> {
		const [pid] = (await readFile(join(this.data, 'run', `${process}.pid`), 'utf8')).split(' ');
		return Number(pid);
	}

	async memory(process: 'backend' | 'page' | 'caddy'): Promise<Memory> {
		return memoryOf(await this.pid(process));
	}

	async stop(): Promise<void> {
		try {
			await cp(join(this.data, 'log'), keptLogs, { recursive: true, force: true }).catch(() => undefined);
			await command(panel, ['down', '--data', this.data, '--apps'], { timeoutMs: 120_000 });
			await removeAll(this.data);
			await removeNetworks(this.data);
		} finally {
			await this.#places.stopGit();
			await rm(this.folder, { recursive: true, force: true });
		}
	}
}
