/** What a rig has for itself in a database server and in a Redis that others may use too. */
import { command } from '../../support/command.ts';

export interface Fresh {
	url: string;
	remove: () => Promise<void>;
}

const psql = (url: string, sql: string): Promise<string> =>
	command('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', sql, url]);

/** An empty database in the server of this address. */
export async function freshDatabase(server: string): Promise<Fresh> {
	const name = `panel_faults_${crypto.randomUUID().slice(0, 8)}`;
	await psql(server, `CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`);
	return {
		url: server.replace(/^(postgres(?:ql)?:\/\/[^/]*\/)[^?]*/, `$1${name}`),
		remove: async () => {
			await psql(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
		}
	};
}

/** Forgets everything in the database of this address, so that no job of another rig is found. */
export async function emptyRedis(url: string): Promise<void> {
	await command('redis-cli', ['-u', url, 'FLUSHDB'], { timeoutMs: 5_000 });
}
