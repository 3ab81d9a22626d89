/**
 * Lists of a large record beside those of a small one: 10,000 projects with 1,000,000 deployments, and 100 with 10,000. Two web
 * processes, asked in turns call by call, so that what else the machine does falls on both. A change before each round empties
 * what they keep of earlier answers.
 */
import { DatabaseSync } from 'node:sqlite';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Postgres } from '../../e2e/support/postgres.ts';
import { command } from '../../e2e/support/command.ts';
import type { Bench, Figure } from '../lib/bench.ts';
import { now } from '../lib/clock.ts';
import { recordSql, type Size } from '../lib/record.ts';
import type { Row } from '../lib/report.ts';
import { percentile } from '../lib/stats.ts';
import { WebProcess } from '../lib/web-process.ts';

const deploymentsOfOne = 100;
const small: Size = { projects: 100, deployments: deploymentsOfOne };
const large: Size = { projects: 10_000, deployments: deploymentsOfOne };
const worst = 2;
const seedLimitMs = 10 * 60_000;

/** What a page asks for, one after another; `project` and `deployment` are any that there are. */
interface Call {
	name: string;
	paths: (size: Size, project: number) => string[];
}

const deep = (size: Size, project: number) => project + (size.deployments / 2) * size.projects;
const calls: Call[] = [
	{ name: 'GET /projects', paths: () => ['/projects'] },
	{ name: 'GET /projects, deep inside', paths: (_, project) => [`/projects?cursor=${project + 1}`] },
	{ name: 'GET /projects/{id}/deployments', paths: (_, project) => [`/projects/${project}/deployments`] },
	{
		name: 'GET /projects/{id}/deployments, deep inside',
		paths: (size, project) => [`/projects/${project}/deployments?cursor=${deep(size, project)}`]
	},
	{ name: 'GET /deployments', paths: () => ['/deployments'] },
	{
		name: 'GET /deployments, deep inside',
		paths: (size, project) => [`/deployments?cursor=${deep(size, project)}`]
	},
	{
		name: 'a project and its lists (5 calls)',
		paths: (size, project) => [
			`/projects/${project}`,
			`/projects/${project}/deployments?limit=20`,
			`/projects/${project}/domains`,
			`/projects/${project}/environment`,
			`/deployments/${(size.deployments - 1) * size.projects + project}`
		]
	},
	{ name: 'GET /metrics', paths: () => ['/metrics'] }
];

interface Side {
	size: Size;
	web: WebProcess;
	/** Milliseconds, by call. */
	samples: number[][];
}

/** The database writes it while nobody else has it open. */
async function fill(database: string, size: Size): Promise<void> {
	if (database.startsWith('sqlite://')) {
		const file = new DatabaseSync(database.slice('sqlite://'.length));
		try {
			file.exec(['PRAGMA cache_size = -262144', 'BEGIN', ...recordSql(size), 'COMMIT'].join(';\n'));
		} finally {
			file.close();
		}
		return;
	}
	const text = ['BEGIN', ...recordSql(size), 'COMMIT', 'VACUUM ANALYZE'].flatMap((each) => ['-c', each]);
	await command('psql', ['-Xqv', 'ON_ERROR_STOP=1', ...text, database], { timeoutMs: seedLimitMs });
}

async function open(folder: string, name: string, database: string, size: Size): Promise<Side> {
	const web = new WebProcess(join(folder, name), database);
	await web.start(true);
	await web.stop();
	await fill(database, size);
	await web.start(false);
	return { size, web, samples: calls.map(() => []) };
}

async function ask({ web, size, samples }: Side, index: number, counts: boolean): Promise<void> {
	const project = 1 + Math.floor(size.projects * (0.25 + Math.random() / 2));
	const began = now();
	for (const path of calls[index]?.paths(size, project) ?? []) {
		const answer = await web.api.send('GET', path);
		const text = await answer.text();
		if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${text}`);
		if (path.startsWith('/deployments?') && (JSON.parse(text) as { items: unknown[] }).items.length !== 50)
			throw new Error(`GET ${path}: no full page.`);
	}
	if (counts) samples[index]?.push(now() - began);
}

async function measureRound(sides: Side[], round: number, counts: boolean): Promise<void> {
	for (const index of calls.keys()) {
		for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
			const change = { auto_deploy: round % 2 === 0 };
			await side.web.api.json('PATCH', `/projects/${1 + (round % side.size.projects)}`, change);
			await ask(side, index, counts);
		}
	}
}

function rowsOf(engine: string, [few, many]: [Side, Side]): Row[] {
	return calls.map(({ name }, index) => {
		const of = (side: Side, share: number) => percentile(side.samples[index] ?? [], share);
		const ratio = of(many, 0.99) / of(few, 0.99);
		const times = (side: Side) => `${of(side, 0.5).toFixed(2)} ms, p99 ${of(side, 0.99).toFixed(2)} ms`;
		return {
			name: `${name} on ${engine}: p99 with 1,000,000 deployments over p99 with 10,000`,
			value: ratio,
			unit: '×',
			target: { atMost: worst },
			command: './panel bench --only lists',
			detail: { median_ratio: of(many, 0.5) / of(few, 0.5), large: times(many), small: times(few) }
		};
	});
}

async function compare(
	bench: Bench,
	engine: string,
	folder: string,
	databases: [string, string]
): Promise<Row[]> {
	const sides: Side[] = [];
	try {
		const began = now();
		sides.push(await open(folder, `${engine}-small`, databases[0], small));
		sides.push(await open(folder, `${engine}-large`, databases[1], large));
		bench.say(`  ${engine}: written in ${((now() - began) / 1000).toFixed(0)} s`);
		const rounds = bench.options.quick ? 60 : 500;
		for (let round = 0; round < 10; round += 1) await measureRound(sides, round, false);
		for (let round = 0; round < rounds; round += 1) await measureRound(sides, round, true);
		return rowsOf(engine, sides as [Side, Side]);
	} finally {
		for (const side of sides) await side.web.stop();
	}
}

async function onPostgres(bench: Bench, folder: string): Promise<Row[]> {
	if (!existsSync('/usr/lib/postgresql')) {
		bench.say('  skipped: PostgreSQL is not installed');
		return [];
	}
	const server = new Postgres();
	await server.start();
	try {
		const urls = ['small', 'large'].map((name) => server.url.replace('/postgres?', `/${name}?`));
		for (const name of ['small', 'large']) await command('createdb', ['--maintenance-db', server.url, name]);
		return await compare(bench, 'PostgreSQL', folder, urls as [string, string]);
	} finally {
		await server.stop();
	}
}

export const lists: Figure = async (bench) => {
	const folder = await mkdtemp(join(tmpdir(), 'panel-lists-'));
	const files = ['small', 'large'].map((name) => `sqlite://${join(folder, `${name}.db`)}`);
	try {
		return [
			...(await compare(bench, 'SQLite', folder, files as [string, string])),
			...(await onPostgres(bench, folder))
		];
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
};
