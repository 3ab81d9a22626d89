/** What somebody should look at now: failed deployments, a disk that fills, what the server itself warns of. Pure. */
import { paths } from './paths.ts';
import { percent } from './format.ts';
import type { DeploymentSummary, ProjectSummary, ServerStatus } from './types.ts';

export interface AttentionItem {
	key: string;
	tone: 'err' | 'warn';
	subject: string;
	text: string;
	/** What visitors see meanwhile. */
	note: string | null;
	action: { text: string; href: string } | null;
}

const diskLimit = 0.85;

/** Visitors are fine, but what was deployed last is not what they get. */
function switchedBack(project: ProjectSummary, back: DeploymentSummary): AttentionItem {
	return {
		key: `switch-back-${back.id}`,
		tone: 'err',
		subject: project.name,
		text: `Deployment ${back.switch_back_of} went live, then failed. The panel switched back by itself.`,
		note: `Visitors get deployment ${back.rollback_of} again.`,
		action: { text: 'Open log', href: paths.deployment(project.id, back.switch_back_of ?? back.id) }
	};
}

/** `admin`: may see the server, and do something about it. */
export function attention(
	projects: ProjectSummary[],
	server: ServerStatus | null,
	admin: boolean
): AttentionItem[] {
	const items: AttentionItem[] = [];
	for (const project of projects) {
		const failed = project.latest;
		if (failed?.switch_back_of && failed.status === 'success') items.push(switchedBack(project, failed));
		if (failed?.status !== 'failed') continue;
		items.push({
			key: `deployment-${failed.id}`,
			tone: 'err',
			subject: project.name,
			text: failed.error_message ?? 'The deployment failed.',
			note: project.live_deployment_id
				? `Visitors still get deployment ${project.live_deployment_id}.`
				: 'Visitors get nothing yet.',
			action: { text: 'Open log', href: paths.deployment(project.id, failed.id) }
		});
	}
	if (server) {
		const share = server.disk_used_bytes / Math.max(1, server.disk_total_bytes);
		if (share > diskLimit) {
			items.push({
				key: 'disk',
				tone: share > 0.95 ? 'err' : 'warn',
				subject: server.hostname,
				text: `The disk is ${percent(share * 100)} full.`,
				note: share > 0.95 ? 'Builds will fail soon.' : null,
				action: admin ? { text: 'See what takes it up', href: paths.server() } : null
			});
		}
		for (const warning of server.warnings) {
			items.push({
				key: warning,
				tone: 'warn',
				subject: server.hostname,
				text: warning,
				note: null,
				action: null
			});
		}
	}
	return items;
}
