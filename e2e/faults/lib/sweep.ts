/** One kill: arm, act, die, come back, settle, check. And many of them, with a line of a report for each. */
import { appendFile, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { command } from '../../support/command.ts';
import { actFor, setStage, type Stage } from './acts.ts';
import { binary, type Role } from './panel.ts';
import { Rig, type RigOptions } from './rig.ts';
import { resetConnection } from './visitor.ts';

export interface Kill {
	point: string;
	/** Which passing of the point is the last. */
	n: number;
	/** Which repetition. */
	round: number;
	/** Where it is killed again, while it makes good the first kill; a deployment has three attempts. */
	again?: string;
}

export interface Outcome extends Kill {
	roles: Role[];
	/** Which processes were killed. */
	victims?: string[];
	/** False: the act ended without passing the point so often. */
	died: boolean;
	/** It passed the second point as well, and died there. */
	diedAgain?: boolean;
	/** From the start of the panel after the kill until every deployment had ended. */
	recoveryMs: number;
	problems: string[];
	/** Connections that Caddy reset because the act changed domains. */
	resets?: number;
}

/** Where nothing is under way, reconcile comes along within this time after the start. */
const reconcileLimitMs = 45_000;
const actLimitMs = 180_000;

export async function points(): Promise<string[]> {
	return (await command(binary, ['crash-points'])).split('\n').filter(Boolean);
}

/** True when the panel died, false when the act ended without that. */
async function dieInTheAct({ panel }: Rig, running: Promise<void>): Promise<boolean> {
	const trouble = await Promise.race([panel.died(), running.catch((error: unknown) => error)]);
	// A call that fails because the panel is just being killed is told before the death is, and so is the end of a deployment
	// after which the point comes.
	if (panel.alive) await Promise.race([panel.died(), pause(2_000)]);
	if (!panel.alive) return true;
	if (trouble) throw trouble;
	return false;
}

/** Starts it and kills it once more, if what it does after the first kill passes the point. */
async function dieAgain(rig: Rig, point: string): Promise<boolean> {
	const { panel } = rig;
	await panel.arm(point);
	await panel.start();
	if (panel.alive) await Promise.race([panel.died(), rig.settled().catch(() => undefined)]);
	await panel.disarm();
	if (panel.alive) await Promise.race([panel.died(), pause(200)]);
	return !panel.alive;
}

export async function kill(stage: Stage, order: Kill): Promise<Outcome> {
	const { rig } = stage;
	const act = actFor(order.point);
	let running: Promise<void>;
	const excuse = (excused: boolean) => {
		for (const app of rig.apps) if (app.visitors) app.visitors.excused = excused;
	};
	if (act.before) {
		await rig.panel.stop();
		excuse(true); // the sites themselves are the target
		await act.before(stage);
		await rig.panel.arm(order.point, order.n);
		await rig.panel.start();
		running = pause(reconcileLimitMs);
	} else {
		await rig.panel.arm(order.point, order.n);
		running = act.run(stage);
	}
	const died = await dieInTheAct(rig, running);
	running.catch(() => undefined);
	const victims = rig.panel.dead;
	await rig.panel.disarm();
	const diedAgain = died && order.again && !act.hasDied ? await dieAgain(rig, order.again) : false;
	const began = performance.now();
	await rig.panel.start();
	await rig.settled();
	const recoveryMs = Math.round(performance.now() - began);
	// Where the process that was asked lives on, the act goes on as well.
	if (!act.before) await Promise.race([running.catch(() => undefined), pause(actLimitMs)]);
	const problems = await act.check(stage);
	await rig.settled();
	const resets = act.reloads ? rig.forgive(resetConnection) : 0;
	problems.push(...(await rig.holds()));
	excuse(false);
	for (const app of rig.apps) app.visitors?.failures.splice(0);
	return { ...order, roles: rig.panel.setup.roles, victims, died, diedAgain, recoveryMs, problems, resets };
}

export interface Sweep {
	kills: Kill[];
	rig?: RigOptions;
	/** JSON lines; what stands there already is not done again. */
	report?: string;
	/** After this time, or after SIGINT or SIGTERM, no further kill begins. */
	limitMs: number;
	say: (line: string) => void;
}

const key = (kill: Kill): string => `${kill.point}#${kill.round}`;

export async function remembered(report: string): Promise<Outcome[]> {
	const text = await readFile(report, 'utf8').catch(() => '');
	return text
		.split('\n')
		.filter(Boolean)
		.map((line) => JSON.parse(line) as Outcome);
}

/** The kills one after the other on one server; one that breaks down gets a successor. */
export async function sweep({ kills, rig: options, report, limitMs, say }: Sweep): Promise<Outcome[]> {
	const done = report ? await remembered(report) : [];
	const known = new Set(done.map(key));
	// How often a point is surely passed, as far as acts that ended without the death have told: they cost as much as a kill.
	const passings = new Map<string, number>();
	const learn = ({ died, point, n }: Outcome) => {
		if (!died) passings.set(point, Math.max(1, Math.floor(n / 2)));
	};
	done.forEach(learn);
	const end = performance.now() + limitMs;
	let interrupted = false;
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (interrupted = true));
	const outcomes: Outcome[] = [];
	let stage: Stage | null = null;
	for (const planned of kills) {
		if (known.has(key(planned))) continue;
		if (interrupted || performance.now() >= end) break;
		const order = { ...planned, n: Math.min(planned.n, passings.get(planned.point) ?? planned.n) };
		let outcome: Outcome;
		try {
			stage ??= await setStage(await Rig.start(options));
			outcome = await kill(stage, order);
		} catch (error) {
			const roles: Role[] = options?.roles ?? ['all'];
			outcome = { ...order, roles, died: true, recoveryMs: -1, problems: [`broke down: ${String(error)}`] };
			await stage?.rig.stop();
			stage = null;
		}
		learn(outcome);
		outcomes.push(outcome);
		if (report) await appendFile(report, `${JSON.stringify(outcome)}\n`);
		const again = outcome.diedAgain ? ` and ${order.again}` : '';
		const fate = outcome.died ? `back in ${(outcome.recoveryMs / 1000).toFixed(1)} s` : 'not passed';
		say(
			`${outcomes.length} ${order.point}:${order.n}${again} ${fate}${outcome.problems.map((text) => `\n    ${text}`).join('')}`
		);
	}
	await stage?.rig.stop();
	return outcomes;
}
