/** What holds for a whole project and is told on each of its pages: a pin, an automatic switch-back, why it is down. Pure. */
import { paths } from './paths.ts';
import type { DeploymentSummary, Project } from './types.ts';

export interface ProjectNotice {
	tone: 'warn' | 'err';
	/** The sentence, with the deployment that it speaks of between its two parts. */
	before: string;
	link: { href: string; text: string } | null;
	after: string;
	/** Offers to release the pin. */
	releases: boolean;
}

export function projectNotices(
	project: Pick<Project, 'id' | 'pinned_deployment_id' | 'status_reason'>,
	latest: Pick<DeploymentSummary, 'status' | 'switch_back_of' | 'rollback_of'> | null
): ProjectNotice[] {
	const notices: ProjectNotice[] = [];
	const to = (deployment: number, text: string) => ({
		href: paths.deployment(project.id, deployment),
		text
	});
	if (project.status_reason) {
		notices.push({ tone: 'err', before: project.status_reason, link: null, after: '', releases: false });
	}
	if (latest?.switch_back_of && latest.status === 'success') {
		notices.push({
			tone: 'err',
			before: '',
			link: to(latest.switch_back_of, `Deployment ${latest.switch_back_of}`),
			after: ` went live, then failed. The panel switched back by itself: visitors get deployment ${latest.rollback_of} again.`,
			releases: false
		});
	}
	const pinned = project.pinned_deployment_id;
	if (pinned) {
		notices.push({
			tone: 'warn',
			before: 'Pinned to ',
			link: to(pinned, `#${pinned}`),
			after: ': pushes change nothing until you release it.',
			releases: true
		});
	}
	return notices;
}
