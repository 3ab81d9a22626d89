/** SQLite is locked by somebody else or may not be written: 503 and when to come again, nothing half done, work resumes. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { command } from '../support/command.ts';
import { says } from './lib/apps.ts';
import { expect, test } from './lib/fixture.ts';
import { isLong } from './lib/long.ts';
import type { Rig } from './lib/rig.ts';

/** In the long run more than the time for which a worker has a deployment. */
const lockMs = isLong ? 35_000 : 0;

/** Holds the write lock as a forgotten shell does, until it is told to let go. */
async function lock(rig: Rig): Promise<() => Promise<void>> {
	const shell = spawn('sqlite3', [join(rig.data, 'panel.db')], { stdio: ['pipe', 'pipe', 'inherit'] });
	const locked = new Promise<void>((resolve) =>
		shell.stdout.on('data', (text) => String(text).includes('locked') && resolve())
	);
	shell.stdin.write(".timeout 10000\nBEGIN EXCLUSIVE;\nSELECT 'locked';\n");
	await locked;
	const ended = new Promise<void>((resolve) => shell.on('exit', () => resolve()));
	return async () => {
		shell.stdin.end('ROLLBACK;\n.quit\n');
		await ended;
	};
}

test(
	'a locked database answers 503 with Retry-After, and what waits goes on when it is free',
	{ tag: '@short' },
	async ({ rig }) => {
		test.setTimeout(180_000);
		const app = await rig.app('locked-out', says('r0'));
		await rig.push(app, says('r1'));
		const before = (await rig.api.deployments(app.project.id)).length;
		const { id } = await rig.api.trigger(app.project.id);
		const unlock = await lock(rig);
		try {
			const refused = await rig.api.send('PATCH', `/projects/${app.project.id}`, { health_path: '/' });
			expect(refused.status).toBe(503);
			expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
			expect(((await refused.json()) as { code: string }).code).toBe('unavailable');
			await pause(lockMs);
		} finally {
			await unlock();
		}
		expect((await rig.api.ended(id)).status).toBe('success');
		expect((await rig.api.deployments(app.project.id)).length).toBe(before + 1);
		await expect.poll(() => app.visitors?.said).toEqual(['r0', 'r1']);
		expect(await rig.holds()).toEqual([]);
	}
);

test(
	'a database file that may not be written: reading goes on, nothing is half stored, then all is as before',
	{ tag: '@short' },
	async ({ rig }) => {
		const app = await rig.app('engraved', says('r0'));
		await rig.push(app, says('r1'));
		const before = (await rig.api.deployments(app.project.id)).length;
		// Root may write what has no write bit; what is immutable nobody may. (The index beside them is mapped: it is left alone.)
		const files = ['panel.db', 'panel.db-wal'].map((name) => join(rig.data, name));
		await command('chattr', ['+i', ...files]);
		try {
			for (const [method, path, body] of [
				['PATCH', `/projects/${app.project.id}`, { health_path: '/' }],
				['POST', `/projects/${app.project.id}/deployments`, {}]
			] as const) {
				const refused = await rig.api.send(method, path, body);
				expect(refused.status).toBe(503);
				expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
				expect(((await refused.json()) as { detail: string }).detail).toMatch(/not written to/);
			}
			expect((await rig.api.send('GET', '/projects')).status).toBe(200);
		} finally {
			await command('chattr', ['-i', ...files]);
		}
		expect((await rig.api.deployments(app.project.id)).length).toBe(before);
		expect((await rig.api.deploy(app.project.id)).status).toBe('success');
		await expect.poll(() => app.visitors?.said).toEqual(['r0', 'r1']);
		expect(await rig.holds()).toEqual([]);
	}
);
