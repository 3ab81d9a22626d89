/** The clock jumps while deployments run; a process stands still for longer than its lease. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { command } from '../support/command.ts';
import { administrator } from '../support/shared.ts';
import { says } from './lib/apps.ts';
import { isLong } from './lib/long.ts';
import { Rig, type App } from './lib/rig.ts';
import { until } from './lib/until.ts';

test.describe('a clock that jumps', () => {
	let rig: Rig;
	let app: App;

	/** Moves the panel's wall clock; its steady clock goes on. */
	const jump = async (offset: string) => {
		await writeFile(join(rig.folder, 'clock.new'), offset);
		await command('mv', [join(rig.folder, 'clock.new'), join(rig.folder, 'clock')]);
	};

	/** A session from the future is refused; whoever signs in again gets one at once. */
	const jumpAndSignIn = async (offset: string) => {
		await jump(offset);
		await rig.api.signIn(administrator.email, administrator.password);
	};

	/** The order of releases is read from times, which mean nothing here. */
	const broken = async () => (await rig.holds()).filter((text) => !/went live after|brought back/.test(text));

	test.beforeAll(async () => {
		const library = (await command('sh', ['-c', 'ls /usr/lib/*/faketime/libfaketimeMT.so.1'])).trim();
		rig = await Rig.start({
			env: { LD_PRELOAD: library, FAKETIME_NO_CACHE: '1', DONT_FAKE_MONOTONIC: '1', FAKETIME: '+0s' }
		});
		app = await rig.app('clockwork', says('r0'));
		await rig.panel.stop();
		delete rig.panel.setup.env.FAKETIME;
		rig.panel.setup.env.FAKETIME_TIMESTAMP_FILE = join(rig.folder, 'clock');
		await jump('+0s');
		await rig.panel.start();
	});
	test.afterAll(async () => rig.stop());

	for (const [name, offset] of [
		['an hour ahead', '+3600s'],
		['an hour back', '-3600s'],
		['ten minutes back in the middle of a lease', '-600s']
	] as const) {
		test(`${name}: the deployment ends well, and so does the next`, async () => {
			await rig.push(app, says(`r ${name}`));
			const { id } = await rig.api.trigger(app.project.id);
			await until('it is under way', 30_000, async () => (await rig.api.deployment(id)).status !== 'pending');
			await jumpAndSignIn(offset);
			expect((await rig.api.ended(id, 60_000)).status).toBe('success');
			expect((await rig.api.deploy(app.project.id)).status).toBe('success');
			expect(await broken()).toEqual([]);
			await jumpAndSignIn('+0s');
			expect((await rig.api.deploy(app.project.id)).status).toBe('success');
			expect(await broken()).toEqual([]);
		});
	}
});

test('a panel that stood still goes on where it was, and everybody is served', async () => {
	const pauseMs = isLong ? 300_000 : 8_000;
	test.setTimeout(pauseMs + 120_000);
	const rig = await Rig.start();
	try {
		const app = await rig.app('frozen', says('r0'));
		await rig.push(app, says('r1'));
		const { id } = await rig.api.trigger(app.project.id);
		await until('it is under way', 30_000, async () => (await rig.api.deployment(id)).status !== 'pending');
		rig.panel.child('all').signal('SIGSTOP');
		const end = performance.now() + pauseMs;
		await expect
			.poll(() => performance.now() >= end, { timeout: pauseMs + 10_000, intervals: [500] })
			.toBe(true);
		rig.panel.child('all').signal('SIGCONT');
		expect((await rig.api.ended(id)).status).toBe('success');
		await expect.poll(() => app.visitors?.said).toEqual(['r0', 'r1']);
		expect(await rig.holds()).toEqual([]);
	} finally {
		await rig.stop();
	}
});

test('a second panel on the same data directory refuses to start or shares it safely', async () => {
	const rig = await Rig.start();
	try {
		const app = await rig.app('shared', says('r0'));
		const { binary } = await import('./lib/panel.ts');
		const { Child } = await import('./lib/child.ts');
		const { freePort } = await import('./lib/rig.ts');
		const second = new Child({
			argv: [
				binary,
				'serve',
				'--data',
				rig.data,
				'--listen',
				`127.0.0.1:${await freePort()}`,
				...rig.panel.setup.options
			],
			log: join(rig.folder, 'second.log'),
			env: rig.panel.setup.env
		});
		await rig.push(app, says('r1'));
		for (let n = 0; n < 3; n += 1) expect((await rig.api.deploy(app.project.id)).status).toBe('success');
		const ended = second.ending;
		if (ended) expect(ended.code, 'it refused').not.toBe(0);
		await second.stop();
		expect((await rig.api.deploy(app.project.id)).status).toBe('success');
		expect(await rig.holds()).toEqual([]);
	} finally {
		await rig.stop();
	}
});
