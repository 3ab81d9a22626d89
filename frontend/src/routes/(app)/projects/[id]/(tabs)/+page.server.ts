import { BackendError } from '#lib/server/backend.ts';
import { getDeployment, projectDeployments } from '#lib/server/deployments.ts';
import { idParam } from '#lib/server/page-error.ts';
import { getMetrics, getRuntimeLog } from '#lib/server/projects.ts';
import { withoutDetails } from '#lib/server/summary.ts';
import { bytes, percent } from '#lib/format.ts';
import { commitUrl } from '#lib/paths.ts';
import { rowsOfText } from '#lib/log/row.ts';
import type { PageServerLoad } from './$types';

/** An app that is not running has no log and no metrics: nothing to fail a page for. */
const optional = <T>(call: Promise<T>): Promise<T | null> =>
	call.catch((error: unknown) => {
		if (error instanceof BackendError) return null;
		throw error;
	});

export const load: PageServerLoad = async ({ locals, params, parent, depends }) => {
	depends('panel:projects');
	const id = idParam(params.id);
	const { backend } = locals;
	const [{ items }, metrics, log, { project }] = await Promise.all([
		projectDeployments(backend, id, 10),
		optional(getMetrics(backend, id)),
		optional(getRuntimeLog(backend, id, 200)),
		parent()
	]);
	const liveId = project.live_deployment_id;
	const listed = items.find((item) => item.id === liveId);
	const current =
		liveId && !listed ? await optional(getDeployment(backend, String(liveId))) : (listed ?? null);
	return {
		deployments: items.slice(0, 5).map(withoutDetails),
		current: current ? withoutDetails(current) : null,
		commit: current ? commitUrl(project.git_url, current.commit_hash) : null,
		previous:
			items
				.map(withoutDetails)
				.find((item) => item.can_roll_back && item.id !== liveId && item.id !== current?.rollback_of) ?? null,
		metrics,
		/** For who has no scripts, and until they have come. */
		figures:
			metrics && !metrics.running
				? null
				: `CPU ${percent(metrics?.cpu_percent)}, memory ${bytes(metrics?.memory_bytes)}`,
		// A static site runs nowhere: it has none.
		log: log === null ? null : rowsOfText(log, 1)
	};
};
