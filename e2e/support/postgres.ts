/** A PostgreSQL of the tests' own, in a temporary directory, on a unix socket. */
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from './command.ts';

const versions = '/usr/lib/postgresql';

/** PostgreSQL refuses root: then it belongs to nobody. */
const nobody = 65534;
const isRoot = process.getuid?.() === 0;

/** Debian keeps the programs of each version outside the path. */
export async function postgresProgram(name: string): Promise<string> {
	const newest = (await readdir(versions)).sort((a, b) => Number(a) - Number(b)).at(-1);
	return join(versions, newest ?? '', 'bin', name);
}

async function asOwner(name: string, args: string[]): Promise<void> {
	const path = await postgresProgram(name);
	const [head, ...rest] = isRoot
		? ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', '--', path, ...args]
		: [path, ...args];
	await command(head as string, rest, { cwd: '/' });
}

export class Postgres {
	#folder = '';

	get url(): string {
		return `postgresql://postgres@/postgres?host=${this.#folder}`;
	}

	async start(): Promise<void> {
		this.#folder = await mkdtemp(join(tmpdir(), 'panel-postgres-'));
		if (isRoot) await chown(this.#folder, nobody, nobody);
		const data = join(this.#folder, 'data');
		await asOwner('initdb', ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--no-sync']);
		await this.launch();
	}

	/** What was killed comes back with all that was committed. */
	async launch(): Promise<void> {
		const data = join(this.#folder, 'data');
		const settings = `-c listen_addresses='' -c unix_socket_directories='${this.#folder}' -c fsync=off`;
		await asOwner('pg_ctl', ['-D', data, '-l', join(this.#folder, 'log'), '-o', settings, '-w', 'start']);
	}

	/** As a crash: its clients are cut off, what was not committed is undone at the next start. */
	async kill(): Promise<void> {
		await asOwner('pg_ctl', ['-D', join(this.#folder, 'data'), '-m', 'immediate', '-w', 'stop']);
	}

	/** One statement as the administrator; what it answers. */
	ask(sql: string): Promise<string> {
		return command('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', sql, this.url]);
	}

	async stop(): Promise<void> {
		if (!this.#folder) return;
		await this.kill().catch(() => undefined);
		await rm(this.#folder, { recursive: true, force: true });
	}
}
