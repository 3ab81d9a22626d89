/** What a queued deployment waits for, in a sentence. Pure. */
import { isFinal } from './status.ts';
import type { DeploymentSummary, Readiness } from './types.ts';

export interface Wait {
	text: string;
	/** The deployment that is waited for. */
	on: { project: number; deployment: number } | null;
}

const partNames: Record<string, string> = {
	docker: 'Docker',
	caddy: 'Caddy',
	database: 'Database',
	queue: 'Queue',
	redis: 'Redis',
	worker: 'Worker'
};

export const partName = (part: string): string => partNames[part] ?? part;

/** The parts of the panel that do not answer, each with what is said of it. */
export function missingParts(readiness: Readiness | null): { part: string; problem: string }[] {
	return Object.entries(readiness?.checks ?? {})
		.filter(([, said]) => said !== 'ok')
		.map(([part, problem]) => ({ part: partName(part), problem }));
}

/**
 * `others`: what is known of other deployments, of any project. `readiness` is null when nobody answers. A deployment that waits
 * is written down already: whatever it waits for, it is not lost.
 */
export function waitsFor(
	deployment: Pick<DeploymentSummary, 'id' | 'project_id'>,
	others: DeploymentSummary[],
	readiness: Readiness | null
): Wait {
	const [missing] = missingParts(readiness);
	if (missing) return { text: `${missing.problem} It goes on by itself as soon as that answers.`, on: null };
	const running = others.filter((other) => other.id !== deployment.id && !isFinal(other.status));
	const own = running.find((other) => other.project_id === deployment.project_id && other.id < deployment.id);
	if (own) {
		return {
			text: 'A project’s deployments go one after the other: it begins when this one has ended:',
			on: { project: own.project_id, deployment: own.id }
		};
	}
	if (running.some((other) => other.status !== 'pending')) {
		return { text: 'Other deployments are under way: it begins as soon as there is room for it.', on: null };
	}
	return { text: 'It is written down and begins as soon as the worker takes it up.', on: null };
}
