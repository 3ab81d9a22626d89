/** The database is locked by somebody else: the API says 503 and when to come again, nothing is half done, work resumes. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { says } from './lib/apps.ts';
import { expect, test } from './lib/fixture.ts';
import type { Rig } from './lib/rig.ts';

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

test('a locked database answers 503 with Retry-After, and what waits goes on when it is free', async ({
	rig
}) => {
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
	} finally {
		await unlock();
	}
	expect((await rig.api.ended(id)).status).toBe('success');
	expect((await rig.api.deployments(app.project.id)).length).toBe(before + 1);
	await expect.poll(() => app.visitors?.said).toEqual(['r0', 'r1']);
	expect(await rig.holds()).toEqual([]);
});
