/**
 * Everything of a real server but the page: git server, Caddy, Docker, and the back end, in a folder of its own. `stop` ends
 * it all and removes what it made in Docker.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startGitServer } from '../../git-server.ts';
import { removeAll } from '../../support/docker.ts';
import { Repository, type Files } from '../../support/repository.ts';
import { administrator, share } from '../../support/shared.ts';
import { violations } from '../invariants.ts';
import { Api, finals, type Deployment, type Hook, type Project } from './api.ts';
import { Child } from './child.ts';
import { emptyRedis, freshDatabase, type Fresh } from './fresh.ts';
import { Panel, root, type Role } from './panel.ts';
import { until } from './until.ts';
import { resetConnection, Visitors } from './visitor.ts';

export interface RigOptions {
	roles?: Role[];
	options?: string[];
	env?: NodeJS.ProcessEnv;
	/** Where the data directory lies; a folder of the system's by default. */
	data?: string;
	docker?: string;
	/** A server, postgresql://..., in which the rig gets a database of its own; SQLite in the data directory otherwise. */
	database?: string;
	/** redis://..., which is emptied; a table of the database otherwise. */
	redis?: string;
}

export interface App {
	project: Project;
	repository: Repository;
	hook: Hook;
	/** Every commit in the order in which it was pushed. */
	commits: string[];
	visitors: Visitors | null;
}

/** A round of reconcile, which comes every 30 s, and its work. */
const repairLimitMs = 45_000;

let rigs = 0;

export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}

export class Rig {
	readonly folder: string;
	readonly data: string;
	readonly port: number;
	readonly panel: Panel;
	readonly api: Api;
	readonly apps: App[] = [];
	/** Values that may lie nowhere in the clear. */
	readonly canaries: string[] = [];
	readonly database: string | undefined;
	readonly docker: string | undefined;
	readonly #told = new Set<string>();
	#caddy: Child | null = null;
	readonly #stopGit: () => Promise<void>;
	readonly #dropDatabase: () => Promise<void>;

	private constructor(
		folder: string,
		data: string,
		port: number,
		panel: Panel,
		docker: string | undefined,
		database: Fresh | null,
		stopGit: () => Promise<void>
	) {
		this.folder = folder;
		this.data = data;
		this.port = port;
		this.panel = panel;
		this.api = new Api(panel.setup.port);
		this.database = database?.url;
		this.docker = docker;
		this.#dropDatabase = database?.remove ?? (async () => undefined);
		this.#stopGit = stopGit;
	}

	static async start(options: RigOptions = {}): Promise<Rig> {
		const folder = await mkdtemp(join(tmpdir(), 'panel-faults-'));
		const data = options.data ?? join(folder, 'data');
		const gitRoot = join(folder, 'git');
		for (const part of ['run', 'log', 'caddy/sites', 'caddy/slots', 'caddy/storage']) {
			await mkdir(join(data, part), { recursive: true });
		}
		await mkdir(gitRoot);
		const git = await startGitServer(gitRoot);
		const [port, listen] = [await freePort(), await freePort()];
		const database = options.database ? await freshDatabase(options.database) : null;
		if (options.redis) await emptyRedis(options.redis);
		// Another range for each rig, below those of a panel that serves real apps here.
		const firstAppPort = 10_000 + ((process.pid * 7 + rigs++) % 80) * 100;
		const panel = new Panel({
			data,
			port: listen,
			roles: options.roles ?? ['all'],
			options: [
				...[
					'--public-url',
					`http://localhost:${port}`,
					'--app-domain',
					'localhost',
					'--app-port',
					String(port)
				],
				...['--caddy-admin', `unix:${join(data, 'run', 'caddy-admin.sock')}`],
				...['--caddyfile', join(data, 'caddy', 'Caddyfile'), '--sites-dir', join(data, 'caddy', 'sites')],
				...[
					'--slots-dir',
					join(data, 'caddy', 'slots'),
					'--app-ports',
					`${firstAppPort}-${firstAppPort + 99}`
				],
				...['--docker-socket', options.docker ?? '/var/run/docker.sock'],
				...['--health-timeout', '15s', '--drain-timeout', '5s', '--keep-releases', '3'],
				...(options.options ?? [])
			],
			env: {
				VPS_PANEL_PRIVATE_GIT_HOSTS: `127.0.0.1:${git.port}`,
				VPS_PANEL_PASSWORD_COST: '4',
				...(database ? { VPS_PANEL_DATABASE: database.url } : {}),
				...(options.redis ? { VPS_PANEL_REDIS: options.redis } : {}),
				...options.env
			}
		});
		share({ url: `http://localhost:${port}`, port, data, gitRoot, gitPort: git.port, setupUrl: '' });
		const rig = new Rig(folder, data, port, panel, options.docker, database, git.stop);
		try {
			await rig.startCaddy();
			await panel.start();
			await rig.api.setUp((await readFile(join(data, 'setup-url'), 'utf8')).trim(), administrator);
			return rig;
		} catch (error) {
			await rig.stop();
			throw error;
		}
	}

	get caddy(): Child {
		if (!this.#caddy) throw new Error('Caddy was not started.');
		return this.#caddy;
	}

	async startCaddy(): Promise<void> {
		const file = join(this.data, 'caddy', 'Caddyfile');
		const { stdout } = await promisify(execFile)(join(root, 'tools', 'caddyfile'), [this.data], {
			env: {
				...process.env,
				PORT: String(this.port),
				WEB_PORTS: String(this.panel.setup.port),
				PAGE_PORT: '9'
			}
		});
		await writeFile(file, stdout);
		await rm(join(this.data, 'run', 'caddy-admin.sock'), { force: true });
		this.#caddy = new Child({
			argv: ['caddy', 'run', '--adapter', 'caddyfile', '--config', file],
			log: join(this.data, 'log', 'caddy-start.log'),
			env: { XDG_DATA_HOME: join(this.data, 'caddy'), XDG_CONFIG_HOME: join(this.data, 'caddy') }
		});
		await until('Caddy answers', 20_000, () =>
			fetch(`http://127.0.0.1:${this.port}/`).then(
				() => true,
				() => false
			)
		);
	}

	/** A project whose first release is live, with visitors on it unless told otherwise. */
	async app(name: string, files: Files, more: Record<string, unknown> = {}, visited = true): Promise<App> {
		const app = await this.newApp(name, files, more);
		const first = await this.api.deploy(app.project.id);
		if (first.status !== 'success') throw new Error(`${name}: ${first.status}: ${first.error_message}`);
		this.forgive(resetConnection); // of the other sites: Caddy has taken a new one
		if (visited) {
			const visitors = new Visitors(this.port, name);
			app.visitors = visitors;
			await until(`visitors of ${name} get an answer`, 10_000, () => visitors.said.length > 0);
		}
		return app;
	}

	/** A project that was never deployed. */
	async newApp(name: string, files: Files, more: Record<string, unknown> = {}): Promise<App> {
		const repository = await Repository.create(name, files);
		const canary = `canary-${crypto.randomUUID()}`;
		this.canaries.push(canary);
		const project = await this.api.createProject({
			name,
			git_url: repository.address,
			environment: [{ key: 'CANARY', value: canary, is_secret: true }],
			...more
		});
		const app: App = {
			project,
			repository,
			hook: await this.api.hook(project.id),
			commits: [await repository.head()],
			visitors: null
		};
		this.apps.push(app);
		return app;
	}

	async push(app: App, files: Files, message = 'Change'): Promise<string> {
		const commit = await app.repository.push(files, message);
		app.commits.push(commit);
		return commit;
	}

	/** Waits until no deployment is under way; what the record then says of all of them. */
	async settled(limitMs = 120_000): Promise<Deployment[]> {
		return until('every deployment has ended', limitMs, async () => {
			const all: Deployment[] = [];
			for (const app of this.apps) all.push(...(await this.api.deployments(app.project.id)));
			return all.every((deployment) => finals.includes(deployment.status)) && all;
		});
	}

	/** Every invariant that is broken now; deployments must have ended. */
	violations(): Promise<string[]> {
		return violations({
			data: this.data,
			database: this.database,
			docker: this.docker,
			canaries: this.canaries,
			commits: new Map(this.apps.map((app) => [app.project.id, app.commits])),
			failures: this.apps.flatMap((app) => app.visitors?.failures ?? [])
		});
	}

	/**
	 * The invariants that stay broken, each told once. What is being cleaned up when a deployment ends, and what the panel
	 * repairs by itself every half minute, has the time for that.
	 */
	async holds(limitMs = repairLimitMs): Promise<string[]> {
		const end = performance.now() + limitMs;
		for (;;) {
			const found = (await this.violations()).filter((text) => !this.#told.has(text));
			const mayPass = found.some((text) => /^I[125]/.test(text));
			if (mayPass && performance.now() < end) {
				await pause(200);
				continue;
			}
			for (const text of found) this.#told.add(text);
			return found;
		}
	}

	/** Takes such failures of visitors out of the account; how many there were. */
	forgive(pattern: RegExp): number {
		let forgiven = 0;
		for (const { visitors } of this.apps) {
			if (!visitors) continue;
			const left = visitors.failures.filter((failure) => !pattern.test(failure));
			forgiven += visitors.failures.length - left.length;
			visitors.failures.splice(0, visitors.failures.length, ...left);
		}
		return forgiven;
	}

	/** The visitors of all apps go home. */
	async leaveAlone(): Promise<void> {
		for (const app of this.apps) {
			await app.visitors?.leave();
			app.visitors = null;
		}
	}

	async stop(): Promise<void> {
		await this.leaveAlone();
		await this.panel.kill();
		await this.#caddy?.stop(5_000);
		await this.#stopGit();
		await removeAll(this.data).catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
		await this.#dropDatabase().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
		if (process.env.PANEL_FAULTS_KEEP) process.stderr.write(`kept: ${this.folder}\n`);
		else await rm(this.folder, { recursive: true, force: true });
	}
}
