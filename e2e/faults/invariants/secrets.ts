/** I7: the canaries, values of secret variables, lie nowhere in the clear but in the containers that need them. */
import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Engine } from '../lib/engine.ts';
import { isPostgres, type World } from './world.ts';

const run = promisify(execFile);
const most = 256 * 1024 * 1024;

/** Every file of the data directory, the database's pages and its log among them. */
async function inFiles(data: string, canaries: string[]): Promise<string[]> {
	const words = canaries.flatMap((canary) => ['-e', canary]);
	try {
		const { stdout } = await run('grep', ['-rlaF', ...words, data], { maxBuffer: most });
		return stdout
			.split('\n')
			.filter(Boolean)
			.map((file) => `a canary lies in ${file.slice(data.length + 1)}`);
	} catch (error) {
		const { code, stderr } = error as { code?: number; stderr?: string };
		// 1: nothing found. 2 with words: files that went away meanwhile.
		if (code === 1 || (code === 2 && !/Permission/.test(stderr ?? ''))) return [];
		throw error;
	}
}

function caddyConfiguration(data: string): Promise<string> {
	return new Promise((resolve) => {
		const outgoing = request(
			{
				socketPath: join(data, 'run', 'caddy-admin.sock'),
				path: '/config/',
				headers: { host: 'localhost' },
				timeout: 10_000
			},
			(answer) => {
				let text = '';
				answer.on('data', (piece) => (text += piece));
				answer.on('end', () => resolve(text));
			}
		);
		outgoing.on('timeout', () => outgoing.destroy());
		outgoing.on('error', () => resolve('')); // Caddy is down: its files are looked at
		outgoing.end();
	});
}

export async function noSecretShown(world: World): Promise<string[]> {
	const canaries = world.given.canaries ?? [];
	if (!canaries.length) return [];
	const found = await inFiles(world.given.data, canaries);
	const search = (where: string, text: string) => {
		if (canaries.some((canary) => text.includes(canary))) found.push(`a canary lies in ${where}`);
	};
	const engine = new Engine(world.given.docker);
	for (const image of world.images) {
		for (const part of ['history', 'json']) {
			const { text } = await engine.send('GET', `/images/${image.Id}/${part}`);
			search(`the ${part} of image ${image.Id}`, text);
		}
	}
	for (const container of world.containers)
		search(`the labels of ${container.Names[0]}`, JSON.stringify(container));
	search("Caddy's configuration", await caddyConfiguration(world.given.data));
	if (isPostgres(world.given)) {
		const { stdout } = await run('pg_dump', [world.given.database ?? ''], { maxBuffer: most });
		search('the dump of the database', stdout);
	}
	return found;
}
