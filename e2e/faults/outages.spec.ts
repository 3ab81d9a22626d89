/** Apps outlive each part that the panel consists of or stands on: nobody who uses an app notices. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from '@playwright/test';
import { says, site } from './lib/apps.ts';
import { isLong } from './lib/long.ts';
import { Rig } from './lib/rig.ts';
import { startServers } from './lib/servers.ts';

const outageMs = isLong ? 600_000 : 5_000;

test(`apps answer while web, worker, PostgreSQL and Redis are down for ${outageMs / 1000} s, one after the other`, async () => {
	test.setTimeout(4 * outageMs + 180_000);
	const { postgres, redis, stop } = await startServers({ postgres: true, redis: true });
	const rig = await Rig.start({ roles: ['web', 'worker'], database: postgres?.url, redis: redis?.url });
	try {
		const app = await rig.app('founded', says('r0'));
		const files = await rig.app('founded-files', site('r0'));
		const outages: [kill: () => Promise<void> | undefined, start: () => Promise<void> | undefined][] = [
			[() => rig.panel.child('web').kill(), () => rig.panel.start()],
			[() => rig.panel.child('worker').kill(), () => rig.panel.start()],
			[() => postgres?.kill(), () => postgres?.launch()],
			[() => redis?.kill(), () => redis?.start()]
		];
		for (const [kill, start] of outages) {
			await kill();
			await pause(outageMs);
			await start();
		}
		await expect.poll(() => rig.panel.answers(), { timeout: 60_000 }).toBe(true);
		expect([app.visitors?.said, files.visitors?.said]).toEqual([['r0'], ['r0']]);
		await rig.push(app, says('r1'));
		expect((await rig.api.deploy(app.project.id)).status).toBe('success');
		expect(await rig.holds()).toEqual([]);
	} finally {
		await rig.stop();
		await stop();
	}
});
