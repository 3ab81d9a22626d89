/** What there is: the record, Docker, Caddy's routes and the files, read once, so that the checks are comparisons. */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { request } from 'node:http';
import { Engine } from '../lib/engine.ts';

const run = promisify(execFile);

export interface Given {
	/** The panel's data directory. */
	data: string;
	/** postgresql://...; SQLite in the data directory otherwise. */
	database?: string;
	docker?: string;
	/** A deployment may be this old and unfinished; 0: all must have ended. */
	patienceMs?: number;
	/** What an interrupted run left behind may be this old before it counts as an orphan. */
	graceMs?: number;
	/** Values that may lie nowhere in the clear. */
	canaries?: string[];
	/** The commits of a project in the order in which they were pushed. */
	commits?: Map<number, string[]>;
	/** What visitors of the sites met. */
	failures?: string[];
}

export interface Project {
	id: number;
	name: string;
	git_url: string;
	live_deployment_id: number | null;
	warm_deployment_id: number | null;
}
export interface Deployment {
	id: number;
	project_id: number;
	commit_hash: string;
	requested_commit: string;
	status: string;
	triggered_by: string;
	rollback_of: number | null;
	created_at: number;
	completed_at: number | null;
	log_bytes: number;
}
export interface Release {
	deployment_id: number;
	project_id: number;
	kind: string;
	image_id: string;
	slot: string;
	image_available: number;
	created_at: number;
	/** Whose label its container carries, when that is not its own: a rollback may find it running. */
	container_deployment_id: number | null;
}
export interface Delivery {
	project_id: number;
	provider: string;
	delivery_id: string;
	deployment_id: number | null;
}
export interface Chunk {
	deployment_id: number;
	start_offset: number;
	length: number;
}

export interface Container {
	Id: string;
	Names: string[];
	State: string;
	Image: string;
	Created: number;
	Labels: Record<string, string>;
}
export interface Image {
	Id: string;
	RepoTags: string[] | null;
	Created: number;
	Labels: Record<string, string> | null;
}
export interface Network {
	Id: string;
	Name: string;
	Labels: Record<string, string>;
}

/** Which slot answers a visitor of the project: blue, green, static, none, or why that cannot be told. */
export interface Route {
	slot: string;
	status: number;
}

export interface World {
	given: Given;
	query: <T>(sql: string) => Promise<T[]>;
	projects: Project[];
	deployments: Deployment[];
	releases: Release[];
	deliveries: Delivery[];
	chunks: Chunk[];
	containers: Container[];
	images: Image[];
	networks: Network[];
	volumes: { Name: string }[];
	routes: Map<number, Route>;
	/** Names in the directory of the markers, of Caddy's site files, of the mirrors, and `project/deployment` of static files. */
	markers: string[];
	siteFiles: string[];
	mirrors: string[];
	staticFiles: string[];
	/** Which deployment's files `current` leads to. */
	currentFiles: Map<number, number>;
}

export const isPostgres = ({ database }: Given): boolean => /^postgres(ql)?:/.test(database ?? '');

export const finals = ['success', 'failed', 'cancelled', 'superseded'];
const rows = 64 * 1024 * 1024;

function reader(given: Given): World['query'] {
	const { database } = given;
	if (!database || !isPostgres(given)) {
		const file = database?.replace(/^sqlite:\/\//, '') ?? join(given.data, 'panel.db');
		return async (sql) => {
			const { stdout } = await run('sqlite3', ['-json', '-cmd', '.timeout 10000', file, sql], {
				maxBuffer: rows
			});
			return stdout.trim() ? JSON.parse(stdout) : [];
		};
	}
	return async (sql) => {
		const text = `SELECT COALESCE(json_agg(answer), '[]') FROM (${sql}) AS answer`;
		const { stdout } = await run('psql', ['-X', '-At', '-c', text, database], { maxBuffer: rows });
		return JSON.parse(stdout);
	};
}

const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

async function staticFiles(data: string): Promise<string[]> {
	const found: string[] = [];
	for (const project of await names(join(data, 'sites'))) {
		for (const entry of await names(join(data, 'sites', project))) {
			if (entry !== 'current') found.push(`${project}/${entry}`);
		}
	}
	return found;
}

async function currentFiles(data: string): Promise<Map<number, number>> {
	const found = new Map<number, number>();
	for (const project of await names(join(data, 'sites'))) {
		const target = await readlink(join(data, 'sites', project, 'current')).catch(() => null);
		if (target) found.set(Number(project), Number(target));
	}
	return found;
}

/** As a visitor asks, with the panel's own mark, which makes Caddy tell the slot; both stand in the site file. */
async function route(data: string, projectId: number): Promise<Route> {
	const text = await readFile(join(data, 'caddy', 'sites', `${projectId}.caddy`), 'utf8').catch(() => null);
	if (text === null) return { slot: 'no site file', status: 0 };
	const token = /header X-Panel-Probe (\w+)/.exec(text)?.[1] ?? '';
	const addresses = [...text.matchAll(/^http:\/\/([^\s:,]+):(\d+)/gm)];
	const address = addresses.at(-1); // with https the loopback listener of the probe comes last
	if (!address) return { slot: 'no http address', status: 0 };
	const [, host = '', port = ''] = address;
	return new Promise((resolve) => {
		const outgoing = request(
			{
				host: '127.0.0.1',
				port,
				agent: false,
				timeout: 10_000,
				headers: { host: `${host}:${port}`, 'x-panel-probe': token }
			},
			(answer) => {
				answer.resume();
				answer.on('end', () =>
					resolve({ slot: String(answer.headers['x-panel-slot'] ?? 'none'), status: answer.statusCode ?? 0 })
				);
			}
		);
		outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
		outgoing.on('error', (error) => resolve({ slot: error.message, status: 0 }));
		outgoing.end();
	});
}

export async function look(given: Given): Promise<World> {
	const query = reader(given);
	const engine = new Engine(given.docker);
	const label = `vps-panel.data=${given.data}`;
	const columns = (await query<Record<string, unknown>>('SELECT * FROM projects LIMIT 1'))[0] ?? {};
	const warm = 'warm_deployment_id' in columns ? 'warm_deployment_id' : 'NULL AS warm_deployment_id';
	const projects = await query<Project>(
		`SELECT id, name, git_url, live_deployment_id, ${warm} FROM projects`
	);
	const world: World = {
		given,
		query,
		projects,
		deployments: await query(
			'SELECT id, project_id, commit_hash, requested_commit, status, triggered_by, rollback_of, created_at, completed_at, log_bytes FROM deployments ORDER BY id'
		),
		releases: await query(
			'SELECT deployment_id, project_id, kind, image_id, slot, image_available, created_at, container_deployment_id FROM releases ORDER BY created_at, deployment_id'
		),
		deliveries: await query(
			'SELECT project_id, provider, delivery_id, deployment_id FROM webhook_deliveries'
		),
		chunks: await query(
			`SELECT deployment_id, start_offset, ${isPostgres(given) ? 'octet_length(bytes)' : 'length(CAST(bytes AS BLOB))'} AS length FROM log_chunks ORDER BY deployment_id, start_offset`
		),
		containers: await engine.labelled('containers', label),
		images: await engine.labelled('images', label),
		networks: await engine.labelled('networks', label),
		volumes: (await engine.labelled<{ Volumes: { Name: string }[] | null }>('volumes', label)).Volumes ?? [],
		routes: new Map(),
		markers: await names(join(given.data, 'caddy', 'slots')),
		siteFiles: await names(join(given.data, 'caddy', 'sites')),
		mirrors: await names(join(given.data, 'repositories')),
		staticFiles: await staticFiles(given.data),
		currentFiles: await currentFiles(given.data)
	};
	for (const project of projects) world.routes.set(project.id, await route(given.data, project.id));
	return world;
}
