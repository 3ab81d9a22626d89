/** Folds the nine steps of a deployment into the six stages of the stepper. Pure. */
import type { Deployment, Step, StepName, StepStatus } from './types.ts';

export interface Stage {
	name: string;
	status: StepStatus;
	startedAt: string | null;
	/** Milliseconds that its finished steps took; null when none ran. */
	durationMs: number | null;
	/** The step that runs or failed, named when a stage has several: "health". */
	detail: string | null;
}

/** The six stages that the nine steps are shown as. */
const stages: { name: string; steps: StepName[] }[] = [
	{ name: 'Queue', steps: ['queued'] },
	{ name: 'Clone', steps: ['clone'] },
	{ name: 'Detect', steps: ['detect'] },
	{ name: 'Build', steps: ['build'] },
	{ name: 'Release', steps: ['start', 'health'] },
	{ name: 'Route', steps: ['switch', 'drain', 'finish'] }
];

function foldStatus(steps: Step[]): StepStatus {
	const has = (status: StepStatus) => steps.some((step) => step.status === status);
	if (has('failed')) return 'failed';
	if (has('running')) return 'running';
	if (has('cancelled')) return 'cancelled';
	if (steps.every((step) => step.status === 'skipped')) return 'skipped';
	if (steps.every((step) => step.status === 'success' || step.status === 'skipped')) return 'success';
	return has('success') ? 'running' : 'pending';
}

const watchStatus: Record<Exclude<Deployment['watch'], 'none'>, StepStatus> = {
	watching: 'running',
	passed: 'success',
	failed: 'failed'
};

/** The time after the switch, when a release may still be taken back: a stage of its own, where there is one. */
export function watchStage(deployment: Pick<Deployment, 'watch' | 'completed_at'>): Stage[] {
	if (deployment.watch === 'none') return [];
	const status = watchStatus[deployment.watch];
	return [{ name: 'Watch', status, startedAt: deployment.completed_at, durationMs: null, detail: null }];
}

export function foldSteps(steps: Step[] | undefined): Stage[] {
	return stages.map((stage) => {
		const own = stage.steps
			.map((name) => steps?.find((step) => step.name === name))
			.filter((step): step is Step => step !== undefined);
		const status = own.length ? foldStatus(own) : 'pending';
		const timed = own.filter((step) => step.duration_ms !== null && step.status !== 'skipped');
		const telling = own.find((step) => step.status === status);
		return {
			name: stage.name,
			status,
			startedAt:
				own.find((step) => step.started_at !== null && step.status !== 'skipped')?.started_at ?? null,
			durationMs: timed.length ? timed.reduce((sum, step) => sum + (step.duration_ms ?? 0), 0) : null,
			detail:
				stage.steps.length > 1 && (status === 'failed' || status === 'running')
					? (telling?.name ?? null)
					: null
		};
	});
}

/** A build that waits for its turn says why in the newest line of its log. */
export function slotWait(lastLine: string): string | null {
	return /==> Waiting for a build slot: (.+)/.exec(lastLine)?.[1]?.trim() ?? null;
}
