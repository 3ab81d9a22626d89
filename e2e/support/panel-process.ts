/** The back end's own process and its supervisor, by the ids that they wrote down: for journeys in which one of them dies. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { shared } from './shared.ts';

async function idOf(name: 'backend' | 'supervisor'): Promise<number> {
	const text = await readFile(join(shared().data, 'run', `${name}.pid`), 'utf8');
	const id = Number(text.split(' ')[0]);
	if (!Number.isInteger(id) || id <= 1) throw new Error(`${name}.pid holds no process: ${text}`);
	return id;
}

/** Kills the back end without a warning, and keeps it dead until the returned function is called. */
export async function killBackend(): Promise<() => void> {
	const supervisor = await idOf('supervisor');
	process.kill(supervisor, 'SIGSTOP');
	process.kill(await idOf('backend'), 'SIGKILL');
	return () => process.kill(supervisor, 'SIGCONT');
}
