/** What somebody should look at now: failed deployments, a disk that fills, what the server itself warns of. Pure. */
import { paths } from './paths.ts';
import { percent } from './format.ts';
import type { ProjectSummary, ServerStatus } from './types.ts';

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

export function attention(projects: ProjectSummary[], server: ServerStatus | null): AttentionItem[] {
	const items: AttentionItem[] = [];
	for (const project of projects) {
		const failed = project.latest;
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
				action: null
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
