/** What a status is called and which of the four tones it has: the same words in cards, lists, titles and the tab's icon. */
import type { DeploymentStatus, DeploymentSummary, Project } from './types.ts';

export type Tone = 'ok' | 'busy' | 'err' | 'off';

export const isFinal = (status: DeploymentStatus): boolean =>
	status === 'success' || status === 'failed' || status === 'cancelled' || status === 'superseded';

type Stand = Pick<DeploymentSummary, 'status' | 'watch'>;

/** Nothing about it changes any more: it has ended, and its release is no longer watched. */
export const isSettled = ({ status, watch }: Stand): boolean => isFinal(status) && watch !== 'watching';

/** How far it has come: a word about an earlier state never takes back a later one. */
export const progressOf = (deployment: Stand): number =>
	isSettled(deployment) ? 4 : ({ pending: 0, building: 1, deploying: 2 }[deployment.status as string] ?? 3);

const words: Record<DeploymentStatus, string> = {
	pending: 'Queued',
	building: 'Building',
	deploying: 'Deploying',
	success: 'Ready',
	failed: 'Failed',
	cancelled: 'Cancelled',
	superseded: 'Superseded'
};

const tones: Record<DeploymentStatus, Tone> = {
	pending: 'busy',
	building: 'busy',
	deploying: 'busy',
	success: 'ok',
	failed: 'err',
	cancelled: 'off',
	superseded: 'off'
};

export const deploymentWord = (status: DeploymentStatus): string => words[status];
export const deploymentTone = (status: DeploymentStatus): Tone => tones[status];

/** A project is what its running deployment does; else what visitors get. */
export function projectState(
	project: Pick<Project, 'status'>,
	latest: Pick<DeploymentSummary, 'status' | 'switch_back_of'> | null
): { word: string; tone: Tone; running: boolean } {
	if (latest && !isFinal(latest.status)) {
		return {
			word: latest.switch_back_of ? 'Switching back' : words[latest.status],
			tone: 'busy',
			running: true
		};
	}
	// Visitors are served, but not by what was deployed last.
	if (latest?.switch_back_of && latest.status === 'success') {
		return { word: 'Switched back', tone: 'err', running: false };
	}
	if (project.status === 'stopped') return { word: 'Stopped', tone: 'off', running: false };
	if (latest?.status === 'failed') return { word: 'Deploy failed', tone: 'err', running: false };
	if (project.status === 'active') return { word: 'Live', tone: 'ok', running: false };
	if (project.status === 'failed') return { word: 'Failed', tone: 'err', running: false };
	// Nothing is known to be live: say how the last attempt ended.
	return { word: latest ? words[latest.status] : 'Never deployed', tone: 'off', running: false };
}
