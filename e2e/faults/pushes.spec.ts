/** Many pushes at once: one runs, at most one waits, the newest is live at the end. */
import type { Deployment } from './lib/api.ts';
import { says } from './lib/apps.ts';
import { expect, test } from './lib/fixture.ts';
import { isLong, isWhole } from './lib/long.ts';
import type { App, Rig } from './lib/rig.ts';

const pushes = 100;
const rounds = isLong ? 200 : isWhole ? 3 : 1;

/** Looks while deployments are under way; the most that ran and waited at once. */
async function watch(
	rig: Rig,
	app: App,
	until: Promise<unknown>
): Promise<{ running: number; waiting: number }> {
	const most = { running: 0, waiting: 0 };
	let done = false;
	const finished = until.finally(() => (done = true));
	while (!done) {
		const all = await rig.api.deployments(app.project.id);
		const count = (...statuses: string[]) => all.filter(({ status }) => statuses.includes(status)).length;
		most.running = Math.max(most.running, count('building', 'deploying'));
		most.waiting = Math.max(most.waiting, count('pending'));
	}
	await finished;
	return most;
}

test(
	`${pushes} pushes at once, ${rounds} times: one runs, at most one waits, the newest is live`,
	{ tag: '@short' },
	async ({ rig }) => {
		test.setTimeout(rounds * 60_000 + 60_000);
		const app = await rig.app('storm', says('calm'));
		for (let round = 1; round <= rounds; round += 1) {
			const newest = await rig.push(app, says(`storm ${round}`));
			const before = Math.max(...(await rig.api.deployments(app.project.id)).map(({ id }) => id));
			const told = Promise.all(
				Array.from(
					{ length: pushes },
					async () => (await rig.api.tell(app.project.id, app.hook, newest)).status
				)
			);
			const most = await watch(
				rig,
				app,
				told.then(() => rig.settled())
			);
			expect(new Set(await told), `round ${round}`).toEqual(new Set([202]));
			expect(most.running, `round ${round}`).toBeLessThanOrEqual(1);
			expect(most.waiting, `round ${round}`).toBeLessThanOrEqual(1);
			const ended = (await rig.api.deployments(app.project.id)).filter(({ id }) => id > before);
			const as = (status: Deployment['status']) => ended.filter((each) => each.status === status);
			expect(ended.length, 'each delivery is one deployment').toBe(pushes);
			expect(as('success').length + as('superseded').length, `round ${round}`).toBe(pushes);
			const live = await rig.api.project(app.project.id);
			expect(live.live_deployment_id, 'the last one that was accepted').toBe(
				Math.max(...ended.map(({ id }) => id))
			);
			expect((await rig.api.deployment(live.live_deployment_id ?? 0)).commit_hash).toBe(newest);
			expect(await rig.holds(), `round ${round}`).toEqual([]);
		}
	}
);

test('one delivery sent twice at the same time is one deployment', { tag: '@short' }, async ({ rig }) => {
	const app = await rig.app('twice', says('r0'));
	const commit = await rig.push(app, says('r1'));
	const delivery = crypto.randomUUID();
	const answers = await Promise.all(
		[1, 2, 3, 4].map(() => rig.api.tell(app.project.id, app.hook, commit, delivery))
	);
	expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 202]);
	await rig.settled();
	expect((await rig.api.deployments(app.project.id)).length).toBe(2);
	expect(await rig.holds()).toEqual([]);
});
