/** The processes of the panel under test, by the names that its supervisor gives them. */
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { command } from '../support/command.ts';
import { shared } from '../support/shared.ts';
import { Redis } from '../support/redis.ts';

export const redisPortVariable = 'PANEL_E2E_REDIS_PORT';
export const databaseVariable = 'PANEL_E2E_DATABASE';

export function redis(): Redis {
	return new Redis(Number(process.env[redisPortVariable]));
}

export type Name = 'web-1' | 'web-2' | 'worker-1' | 'worker-2';

/** Of a process that may be gone. */
export async function pidOf(name: Name): Promise<number> {
	const text = await readFile(join(shared().data, 'run', `${name}.pid`), 'utf8');
	return Number(text.split(' ')[0]);
}

export async function send(name: Name, signal: NodeJS.Signals): Promise<void> {
	process.kill(await pidOf(name), signal);
}

/** The loopback ports of the web processes. */
export async function webPorts(): Promise<number[]> {
	const settings = await readFile(join(shared().data, 'run', 'settings.env'), 'utf8');
	const ports = /^WEB_PORTS=\(([\d ]+)\)$/m.exec(settings)?.[1];
	if (!ports) throw new Error('The settings name no web processes.');
	return ports.split(' ').map(Number);
}

const isReady = async (port: number) =>
	(await fetch(`http://127.0.0.1:${port}/ready`).catch(() => undefined))?.ok === true;

/** Until the supervisor has brought everything back. */
export async function allReady(): Promise<void> {
	const ports = await webPorts();
	await expect
		.poll(async () => (await Promise.all(ports.map(isReady))).every(Boolean), { timeout: 60_000 })
		.toBe(true);
	await expect.poll(workerSockets, { timeout: 60_000 }).toHaveLength(2);
}

async function workerSockets(): Promise<string[]> {
	const files = await readdir(join(shared().data, 'run'));
	return files.filter((file) => /^worker-\d+\.sock$/.test(file));
}

/** The worker process that works on the deployment now, by its name in the record and the lock that it holds. */
export async function workerOf(deploymentId: number): Promise<number> {
	let owner = '';
	await expect
		.poll(async () => (owner = await ownerOf(deploymentId)), { timeout: 60_000, message: 'somebody works' })
		.toMatch(/worker-\d+$/);
	const lock = join(shared().data, 'run', `${owner.slice(owner.lastIndexOf('/') + 1)}.lock`);
	return Number(await readFile(lock, 'utf8'));
}

async function ownerOf(deploymentId: number): Promise<string> {
	const sql = `SELECT claim_owner FROM deployments WHERE id = ${deploymentId}`;
	return (await command('psql', ['-XAtc', sql, process.env[databaseVariable] ?? ''])).trim();
}
