/**
 * A deployment of an unchanged commit beside the same work by hand, in turns: the machine's mood falls on both. "Live" is the
 * first answer of the new container through Caddy; it is told from the old one by a run time variable, which no build sees.
 */
import { watch } from 'node:fs';
import { join } from 'node:path';
import { publishFixture } from '../lib/apps.ts';
import { ByHand, type HandRun } from '../lib/by-hand.ts';
import { Agent } from 'node:http';
import type { Deployment, Project } from '../lib/api.ts';
import type { Bench, Figure } from '../lib/bench.ts';
import { now, until } from '../lib/clock.ts';
import type { Row } from '../lib/report.ts';
import { freePort, root, type Stack } from '../lib/stack.ts';
import { median } from '../lib/stats.ts';
import { visit } from '../lib/visit.ts';

interface PanelRun {
	switchedMs: number;
	liveMs: number;
	successMs: number;
	deployment: Deployment;
}

const deployLimitMs = 15 * 60_000;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Resolves when the project's slot marker comes or goes: without asking, so that the wait costs the deployment nothing. */
function markerChange(stack: Stack, projectId: number): Promise<number> {
	const { promise, resolve, reject } = Promise.withResolvers<number>();
	const watcher = watch(join(stack.data, 'caddy', 'slots'), (_event, file) => {
		if (file?.startsWith(`${projectId}.`)) resolve(now());
	});
	const limit = setTimeout(() => reject(new Error('The slot was not switched.')), deployLimitMs);
	return promise.finally(() => {
		clearTimeout(limit);
		watcher.close();
	});
}

/** The app's page holds the greeting, whichever fixture it is; only the small one does, so others count any answer. */
async function answeredBy(stack: Stack, project: Project, greeting: string | null): Promise<number> {
	return until('the new container answers through Caddy', 60_000, 1, async () => {
		const answer = await visit({ port: stack.port, host: stack.host(project.name), agent });
		const isNew = greeting === null || answer.text.startsWith(`${greeting} `);
		return answer.status === 200 && isNew ? now() : null;
	});
}

async function deployByPanel(
	stack: Stack,
	project: Project,
	turn: number,
	greets: boolean
): Promise<PanelRun> {
	const { api } = stack;
	const greeting = `turn-${turn}`;
	await api.setEnvironment(project.id, [{ key: 'GREETING', value: greeting, scope: 'runtime' }]);
	const switching = markerChange(stack, project.id);
	const began = now();
	const { id } = await api.trigger(project.id);
	const failing = api.succeeded(id, 250);
	// A deployment that fails never switches: its reason is the better message.
	const switched = await Promise.race([switching, failing.then(() => switching)]);
	const live = await answeredBy(stack, project, greets ? greeting : null);
	const deployment = await failing;
	const ended = deployment.steps.find((step) => step.name === 'finish');
	if (!ended?.started_at) throw new Error('The deployment has no last step.');
	const first = deployment.steps[0]?.started_at ?? '';
	const successMs = Date.parse(ended.started_at) + (ended.duration_ms ?? 0) - Date.parse(first);
	return { switchedMs: switched - began, liveMs: live - began, successMs, deployment };
}

const stepMedians = (runs: PanelRun[]): Record<string, number> =>
	Object.fromEntries(
		(runs[0]?.deployment.steps ?? []).map(({ name }) => [
			name,
			median(runs.map((run) => run.deployment.steps.find((step) => step.name === name)?.duration_ms ?? 0))
		])
	);

const partMedians = (runs: HandRun[]): Record<string, number> =>
	Object.fromEntries(
		Object.keys(runs[0]?.partsMs ?? {}).map((part) => [
			part,
			median(runs.map((run) => run.partsMs[part] ?? 0))
		])
	);

async function takeTurns(
	bench: Bench,
	stack: Stack,
	project: Project,
	hand: ByHand
): Promise<{ panel: PanelRun[]; byHand: HandRun[] }> {
	const panel: PanelRun[] = [];
	const byHand: HandRun[] = [];
	const greets = bench.options.fixture === 'node-server';
	for (let turn = 1; turn <= bench.options.pairs; turn += 1) {
		const steps = [
			async () => panel.push(await deployByPanel(stack, project, turn, greets)),
			async () => byHand.push(await hand.deploy())
		];
		if (turn % 2 === 0) steps.reverse();
		for (const step of steps) await step();
		bench.say(
			`  turn ${turn}: panel ${Math.round(panel.at(-1)?.liveMs ?? 0)} ms, by hand ${Math.round(byHand.at(-1)?.totalMs ?? 0)} ms`
		);
	}
	return { panel, byHand };
}

function rows(bench: Bench, panel: PanelRun[], byHand: HandRun[]): Row[] {
	const { fixture } = bench.options;
	const live = panel.map((run) => run.liveMs);
	const hand = byHand.map((run) => run.totalMs);
	const ratios = live.map((ms, index) => ms / (hand[index] as number));
	const post = 'POST /api/v1/projects/{id}/deployments {}';
	return [
		{
			name: `deploy, unchanged commit (${fixture}): call to first answer`,
			value: median(live),
			unit: 'ms',
			target: { atMost: 1000 },
			command: `${post}, until the new container answers through Caddy`,
			detail: { samples_ms: live, step_medians_ms: stepMedians(panel) }
		},
		{
			name: 'deploy: call to switch (slot marker)',
			value: median(panel.map((run) => run.switchedMs)),
			unit: 'ms',
			target: null,
			command: `${post}, until <data>/caddy/slots/<id>.green comes or goes`
		},
		{
			name: 'deploy: first to last step, old container gone',
			value: median(panel.map((run) => run.successMs)),
			unit: 'ms',
			target: null,
			command: `${post}, until status is success`
		},
		{
			name: 'the same work by hand',
			value: median(hand),
			unit: 'ms',
			target: null,
			command: 'bench/by-hand.sh: git fetch, git archive | curl /build, create, start, curl until it answers',
			detail: { samples_ms: hand, part_medians_ms: partMedians(byHand) }
		},
		{
			name: `deploy: panel to by hand (median of ${ratios.length} pairs)`,
			value: median(ratios),
			unit: '×',
			target: { atMost: 1.15 },
			command: 'panel bench --only deploy',
			detail: { ratios }
		}
	];
}

export const deploy: Figure = async (bench) => {
	const stack = await bench.stack();
	const { fixture } = bench.options;
	const repository = await publishFixture(fixture);
	const project = await stack.api.createProject('warm', repository.address);
	bench.say('  the first build fills the cache');
	await stack.api.deploy(project.id);
	const tree = join(root, 'backend', 'tests', 'fixtures', fixture);
	const ports: [number, number] = [await freePort(), await freePort()];
	const hand = await ByHand.prepare(join(stack.folder, 'hand'), tree, repository.address, stack.data, ports);
	try {
		await hand.deploy();
		const { panel, byHand } = await takeTurns(bench, stack, project, hand);
		return rows(bench, panel, byHand);
	} finally {
		await hand.remove();
	}
};
