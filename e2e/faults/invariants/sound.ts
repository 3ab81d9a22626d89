/** I8: the database's own checks of itself. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { postgresProgram } from '../../support/postgres.ts';
import { isPostgres, type World } from './world.ts';

const run = promisify(execFile);

async function amcheck(url: string): Promise<string[]> {
	try {
		await run(await postgresProgram('pg_amcheck'), ['--install-missing', '--heapallindexed', url]);
		return [];
	} catch (error) {
		const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
		return [`pg_amcheck: ${(stdout + stderr || message).trim()}`];
	}
}

export async function databaseIsSound(world: World): Promise<string[]> {
	const { database } = world.given;
	if (database && isPostgres(world.given)) return amcheck(database);
	const integrity = await world.query<{ integrity_check: string }>('PRAGMA integrity_check');
	const keys = await world.query<{ table: string; rowid: number; parent: string }>(
		'PRAGMA foreign_key_check'
	);
	return [
		...integrity
			.filter((row) => row.integrity_check !== 'ok')
			.map((row) => `integrity_check: ${row.integrity_check}`),
		...keys.map((row) => `${row.table} row ${row.rowid} names a row of ${row.parent} that does not exist`)
	];
}
