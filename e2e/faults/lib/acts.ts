/**
 * What users do while the panel is killed. Each act says how its deployments have to end; a call that the kill cut off is made
 * again, as a script or a git host would. Acts own nothing: they work on the apps of a Stage.
 */
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../../support/command.ts';
import { Repository, type Files } from '../../support/repository.ts';
import type { Deployment } from './api.ts';
import { buildsSlowly, failsAtStart, says, site, slowBehindHealth } from './apps.ts';
import type { App, Rig } from './rig.ts';
import { until } from './until.ts';

export interface Stage {
	rig: Rig;
	server: App;
	site: App;
	failing: App;
	slow: App;
	/** Of projects that come and go: nobody else has its mirror. */
	passing: Repository;
	/** Makes each release another one. */
	next: () => string;
}

export interface Act {
	/** Begins it; rejects when the panel is killed under it. */
	run: (stage: Stage) => Promise<void>;
	/** Once the panel is back and everything has ended: makes good what was cut off, says what is wrong. */
	check: (stage: Stage) => Promise<string[]>;
	/** It changes domains: Caddy takes a new configuration, which resets connections (Caddy 2.6). */
	reloads?: boolean;
	/** The damage is done before the panel starts; `run` is nothing then. */
	before?: (stage: Stage) => Promise<void>;
	/** Its deployment was killed before; killed twice more it would have used up its attempts. */
	hasDied?: boolean;
}

export async function setStage(rig: Rig): Promise<Stage> {
	let count = 0;
	const next = () => `r${++count}`;
	return {
		rig,
		server: await rig.app('server', says('r0')),
		site: await rig.app('site', site('r0')),
		failing: await rig.newApp('failing', failsAtStart('r0')),
		slow: await rig.app('slow', slowBehindHealth('r0'), {}, false),
		passing: await Repository.create('passing', says('r0')),
		next
	};
}

const newest = async (stage: Stage, app: App): Promise<Deployment | undefined> =>
	(await stage.rig.api.deployments(app.project.id))[0];

async function endsAs(stage: Stage, app: App, ...wanted: string[]): Promise<string[]> {
	const last = await newest(stage, app);
	if (last && wanted.includes(last.status)) return [];
	return [
		`deployment ${last?.id} ended as ${last?.status} (${last?.error_message}), not as ${wanted.join(' or ')}`
	];
}

/** What visitors get is the newest commit. */
async function newestIsLive(stage: Stage, app: App): Promise<string[]> {
	const project = await stage.rig.api.project(app.project.id);
	const live = project.live_deployment_id ? await stage.rig.api.deployment(project.live_deployment_id) : null;
	return live?.commit_hash === app.commits.at(-1)
		? []
		: [`${app.project.name}: commit ${live?.commit_hash} is live, ${app.commits.at(-1)} was pushed last`];
}

/** A push told by a webhook; a delivery that was cut off is sent again under its id, which must not deploy twice. */
function push(choose: (stage: Stage) => App, files: (release: string) => Files): Act {
	let delivery = '';
	let commit = '';
	const tell = async (stage: Stage) => {
		const app = choose(stage);
		const answer = await stage.rig.api.tell(app.project.id, app.hook, commit, delivery);
		if (!answer.ok) throw new Error(`The webhook was answered ${answer.status}: ${await answer.text()}`);
	};
	return {
		run: async (stage) => {
			const app = choose(stage);
			delivery = crypto.randomUUID();
			commit = await stage.rig.push(app, files(stage.next()));
			await tell(stage);
			await stage.rig.settled();
		},
		check: async (stage) => {
			await tell(stage);
			await stage.rig.settled();
			return [
				...(await endsAs(stage, choose(stage), 'success')),
				...(await newestIsLive(stage, choose(stage)))
			];
		}
	};
}

const deploy = (choose: (stage: Stage) => App, ending: string): Act => ({
	run: async (stage) => {
		await stage.rig.api.trigger(choose(stage).project.id);
		await stage.rig.settled();
	},
	check: async (stage) => endsAs(stage, choose(stage), ending)
});

const rollBack: Act = {
	run: async (stage) => {
		const all = await stage.rig.api.deployments(stage.server.project.id);
		const kept = all.find((deployment) => deployment.can_roll_back);
		if (!kept) throw new Error('There is no release to roll back to.');
		await stage.rig.api.json('POST', `/deployments/${kept.id}/rollback`, {});
		await stage.rig.settled();
	},
	check: async (stage) => {
		// A project that is pinned by the rollback takes no pushes until it is released.
		await stage.rig.api.send('DELETE', `/projects/${stage.server.project.id}/pin`);
		return endsAs(stage, stage.server, 'success');
	}
};

/** Three at once: one runs, the second waits and is replaced by the third. */
const threeAtOnce: Act = {
	run: async (stage) => {
		for (let i = 0; i < 3; i += 1) await stage.rig.api.trigger(stage.server.project.id);
		await stage.rig.settled();
	},
	check: async (stage) => endsAs(stage, stage.server, 'success', 'superseded')
};

const cancelAt = (step: string, choose: (stage: Stage) => App): Act => ({
	run: async (stage) => {
		const { api } = stage.rig;
		const { id } = await api.trigger(choose(stage).project.id);
		await until(
			`step ${step} has begun`,
			60_000,
			async () => {
				const deployment = await api.deployment(id);
				if (deployment.completed_at) return true;
				return deployment.steps?.find(({ name }) => name === step)?.status !== 'pending';
			},
			5
		);
		await api.send('POST', `/deployments/${id}/cancel`);
		await stage.rig.settled();
	},
	// Killed before it was asked to cancel, or cancelled too late: then it is live.
	check: async (stage) => endsAs(stage, choose(stage), 'cancelled', 'success')
});

/** The second release in a row of a project that keeps one warm sends the warm one away. */
const blueGreen: Act = {
	run: async (stage) => {
		const { api } = stage.rig;
		await api.json('PATCH', `/projects/${stage.server.project.id}`, { release_strategy: 'blue_green' });
		for (let i = 0; i < 2; i += 1) await api.deploy(stage.server.project.id);
	},
	check: async (stage) => {
		await stage.rig.api.json('PATCH', `/projects/${stage.server.project.id}`, {
			release_strategy: 'rolling'
		});
		return endsAs(stage, stage.server, 'success');
	}
};

/** A mirror that no project uses is removed with the next cleaning. */
const cleanDisk: Act = {
	run: async ({ rig, next }) => {
		const mirror = join(rig.data, 'repositories', `${next()}-of-nobody.git`);
		await mkdir(mirror);
		await writeFile(join(mirror, 'HEAD'), 'ref: refs/heads/main\n');
		const old = new Date(Date.now() - 24 * 3_600_000);
		await utimes(mirror, old, old);
		await rig.api.json('POST', '/server/disk/clean', { dry_run: false });
	},
	check: async ({ rig }) => {
		await rig.api.json('POST', '/server/disk/clean', { dry_run: false });
		return [];
	}
};

const changeEnvironment: Act = {
	run: async (stage) => {
		await stage.rig.api.json('PUT', `/projects/${stage.server.project.id}/environment`, [
			{ key: 'CANARY', is_secret: true },
			{ key: 'RELEASE', value: stage.next() }
		]);
	},
	check: async (stage) => {
		const { items } = await stage.rig.api.json<{ items: unknown[] }>(
			'GET',
			`/projects/${stage.server.project.id}/environment`
		);
		return items.length === 1 || items.length === 2 ? [] : [`the environment has ${items.length} variables`];
	}
};

/** A project comes and goes again. Cut off on its way, the removal is asked for once more. */
function comeAndGo(): Act {
	let name = '';
	const remove = async (stage: Stage, id: number) => {
		const answer = await stage.rig.api.send('DELETE', `/projects/${id}`);
		if (!answer.ok && answer.status !== 404)
			throw new Error(`DELETE: ${answer.status} ${await answer.text()}`);
	};
	return {
		reloads: true,
		run: async (stage) => {
			name = `passing-${stage.next()}`;
			const created = await stage.rig.api.createProject({ name, git_url: stage.passing.address });
			await stage.rig.api.deploy(created.id);
			await remove(stage, created.id);
		},
		check: async (stage) => {
			const { items } = await stage.rig.api.json<{ items: { id: number; name: string }[] }>(
				'GET',
				'/projects?limit=100'
			);
			const left = items.find((project) => project.name === name);
			if (left) await remove(stage, left.id);
			return [];
		}
	};
}

const nothing = async (): Promise<void> => undefined;

/** Something was broken while the panel was down: reconcile meets it at the start. */
const damaged = (breakIt: (stage: Stage) => Promise<void>): Act => ({
	before: breakIt,
	run: nothing,
	check: async () => []
});

/** A deployment that died right behind its switch: whoever takes it over puts the marker back first. */
const diedAtTheSwitch: Act = {
	hasDied: true,
	before: async ({ rig, server }) => {
		await rig.panel.start();
		await rig.panel.arm('deploy.switch.marked');
		await rig.api.trigger(server.project.id);
		await rig.panel.died();
	},
	run: nothing,
	check: async (stage) => endsAs(stage, stage.server, 'success')
};

/** The panel is told to end in the middle of a deployment, and hands it back. */
const toldToEnd: Act = {
	run: async ({ rig, server }) => {
		await rig.api.trigger(server.project.id);
		await rig.panel.stop();
	},
	check: async (stage) => endsAs(stage, stage.server, 'success')
};

const withoutMarker = damaged(async ({ rig, server }) => {
	for (const kind of ['green', 'live'])
		await rm(join(rig.data, 'caddy', 'slots', `${server.project.id}.${kind}`), { force: true });
});
const withoutLink = damaged(async ({ rig, site: files }) => {
	await rm(join(rig.data, 'sites', String(files.project.id), 'current'), { force: true });
});
const withoutContainer = damaged(async ({ rig, slow }) => {
	const label = [`label=vps-panel.data=${rig.data}`, `label=vps-panel.project=${slow.project.id}`];
	const ids = await command('docker', ['ps', '-aq', ...label.flatMap((each) => ['--filter', each])]);
	await command('docker', ['rm', '-f', ...ids.split('\n').filter(Boolean)]);
});
const withOrphan = damaged(async ({ rig, site: files }) => {
	const orphan = join(rig.data, 'sites', String(files.project.id), '999999');
	await mkdir(orphan, { recursive: true });
	await writeFile(join(orphan, 'index.html'), 'of nobody');
});
const withoutSite = damaged(async ({ rig, server }) => {
	await rm(join(rig.data, 'caddy', 'sites', `${server.project.id}.caddy`), { force: true });
});

/** Which act passes which points, by the beginning of their names; the first that fits. */
const acts: [prefix: string, act: () => Act][] = [
	['deploy.prepare.repaired', () => diedAtTheSwitch],
	['worker.claims.handed_back', () => toldToEnd],
	['worker.claims.freed', () => damaged(nothing)],
	['runner.claim.extended', () => push((stage) => stage.slow, buildsSlowly)],
	['webhook.', () => push((stage) => stage.server, says)],
	['deploy.export.', () => push((stage) => stage.site, site)],
	['deploy.switch.published', () => deploy((stage) => stage.site, 'success')],
	['caddy.link.', () => deploy((stage) => stage.site, 'success')],
	['caddy.', comeAndGo],
	['supersede.', () => threeAtOnce],
	['rollback.', () => rollBack],
	['cancel.', () => cancelAt('build', (stage) => stage.server)],
	['undo.switch.', () => cancelAt('switch', (stage) => stage.slow)],
	['undo.', () => deploy((stage) => stage.failing, 'failed')],
	['runner.action.failed', () => deploy((stage) => stage.failing, 'failed')],
	['environment.', () => changeEnvironment],
	['deploy.warm.', () => blueGreen],
	['disk.', () => cleanDisk],
	['project.', comeAndGo],
	['reconcile.marker.', () => withoutMarker],
	['reconcile.link.', () => withoutLink],
	['reconcile.container.', () => withoutContainer],
	['reconcile.site.', () => withoutSite],
	['reconcile.orphan.', () => withOrphan],
	['reconcile.', () => damaged(nothing)],
	['prune.', () => push((stage) => stage.server, says)],
	['', () => push((stage) => stage.server, says)]
];

export function actFor(point: string): Act {
	const found = acts.find(([prefix]) => point.startsWith(prefix));
	if (!found) throw new Error(`No act passes ${point}.`);
	return found[1]();
}
