/**
 * Without any help of the program: strace kills it at its N-th write, fsync, rename, connect or send during a deployment, for
 * N = 1, 2, 3 ... until one ends untouched; and lets such calls fail, which must be told and must corrupt nothing.
 */
import { readdir } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { command } from '../support/command.ts';
import { says } from './lib/apps.ts';
import { Child } from './lib/child.ts';
import { isLong, seed } from './lib/long.ts';
import { Random } from './lib/random.ts';
import { Rig, type App } from './lib/rig.ts';
import { until } from './lib/until.ts';

let rig: Rig;
let app: App;
let release = 0;

test.beforeAll(async () => {
	rig = await Rig.start();
	app = await rig.app('traced', says('r0'));
});

test.afterAll(async () => rig.stop());

/** Attaches to every thread of the running panel, not to its children; `inject` is strace's own word for what is to happen. */
async function strace(inject: string): Promise<Child> {
	const pid = rig.panel.child('all').pid;
	const threads = await readdir(`/proc/${pid}/task`);
	const tracer = new Child({
		argv: [
			'strace',
			'-q',
			'-o',
			'/dev/null',
			'-e',
			`inject=${inject}`,
			...threads.flatMap((thread) => ['-p', thread])
		],
		log: `${rig.folder}/strace.log`
	});
	await until('strace has attached', 10_000, async () =>
		(
			await command('grep', [
				'-h',
				'TracerPid',
				...threads.map((thread) => `/proc/${pid}/task/${thread}/status`)
			])
		)
			.split('\n')
			.filter(Boolean)
			.every((line) => line.includes(String(tracer.pid)))
	);
	return tracer;
}

const calls = ['write', 'writev', 'pwrite64', 'fdatasync', 'rename', 'connect', 'sendmsg', 'unlink', 'fsync'];

/** A push; true when the panel was killed before the deployment ended. The delivery is sent again when it was cut off. */
async function killedAt(call: string, n: number): Promise<boolean> {
	const commit = await rig.push(app, says(`r${++release}`));
	const delivery = crypto.randomUUID();
	const tracer = await strace(`${call}:signal=SIGKILL:when=${n}`);
	const tell = () => rig.api.tell(app.project.id, app.hook, commit, delivery);
	const ended = tell().then(() => rig.settled());
	const died = await Promise.race([
		rig.panel.died().then(() => true),
		ended.then(
			() => false,
			() => rig.panel.died().then(() => true)
		)
	]);
	ended.catch(() => undefined);
	await tracer.stop(5_000);
	await rig.panel.start();
	expect((await tell()).ok).toBe(true);
	await rig.settled();
	expect((await rig.api.deployments(app.project.id))[0], `${call}:${n}`).toMatchObject({
		status: 'success',
		commit_hash: commit
	});
	expect(await rig.holds(), `${call}:${n}`).toEqual([]);
	return died;
}

test('killed at any system call, nothing is lost', async () => {
	test.setTimeout(isLong ? 4 * 3_600_000 : 120_000);
	const random = new Random(seed);
	let kills = 0;
	if (isLong) {
		for (const call of calls) for (let n = 1; await killedAt(call, n); n += 1) kills += 1;
	} else {
		const end = performance.now() + 45_000;
		for (const call of random.shuffled(calls)) {
			if (performance.now() < end && (await killedAt(call, 1 + random.below(12)))) kills += 1;
		}
	}
	process.stdout.write(`PANEL_FAULTS_SEED=${seed}: ${kills} kills at system calls\n`);
	expect(kills).toBeGreaterThan(0);
});

const failing = [
	'fdatasync:error=EIO',
	'fsync:error=EIO',
	'openat:error=EMFILE',
	'pwrite64:error=ENOSPC',
	'rename:error=ENOSPC'
];
for (const inject of failing) {
	test(`calls that fail (${inject}) are told, corrupt nothing and do not end the panel`, async () => {
		const commit = await rig.push(app, says(`r${++release}`));
		const before = rig.panel.child('all').pid;
		const tracer = await strace(`${inject}:when=3+7`); // some of them, from the third on
		const answer = await rig.api.trigger(app.project.id).then(
			(deployment) => deployment.id,
			(error: Error) => error.message
		);
		// Either it was refused with a reason, or it was accepted and ends.
		if (typeof answer === 'number')
			await until('it has ended or waits', 30_000, async () => {
				const found = await rig.api.deployment(answer).catch(() => null);
				return found && ['success', 'failed', 'pending'].includes(found.status);
			}).catch(() => undefined);
		else expect(answer).toMatch(/: (500|503) /);
		await tracer.stop(5_000);
		expect([rig.panel.alive, rig.panel.child('all').pid]).toEqual([true, before]);
		await rig.settled();
		expect((await rig.api.deploy(app.project.id)).status).toBe('success');
		expect((await rig.api.deployments(app.project.id))[0]?.commit_hash).toBe(commit);
		expect(await rig.holds()).toEqual([]);
	});
}
