import { error } from '@sveltejs/kit';
import { getDeployment, projectDeployments, readLogTail } from '#lib/server/deployments.ts';
import { idParam } from '#lib/server/page-error.ts';
import { commitUrl } from '#lib/paths.ts';
import { isFinal } from '#lib/status.ts';
import { readiness } from '#lib/server/machine.ts';
import { slotWait } from '#lib/stages.ts';
import { waitsFor } from '#lib/waiting.ts';
import { medianDurations, withoutDetails } from '#lib/server/summary.ts';
import type { PageServerLoad } from './$types';

const linesRendered = 200;

export const load: PageServerLoad = async ({ locals, params, parent, depends }) => {
	depends('panel:projects');
	const { backend } = locals;
	const projectId = idParam(params.id);
	const id = idParam(params.deployment);
	const [deployment, log, recent, { project }] = await Promise.all([
		getDeployment(backend, id),
		readLogTail(backend, id, linesRendered),
		projectDeployments(backend, projectId, 20),
		parent()
	]);
	if (String(deployment.project_id) !== projectId) {
		error(404, 'There is nothing here. It may have been deleted.', { code: 'not_found' });
	}
	const { plan: _plan, ...shown } = deployment;
	const unfinished = recent.items.filter((item) => !isFinal(item.status)).map(withoutDetails);
	// For who has no scripts, and until they have come.
	const wait =
		deployment.status === 'pending'
			? waitsFor(deployment, unfinished, await readiness(backend).catch(() => null)).text
			: slotWait(log.lastLine);
	return {
		deployment: shown,
		log,
		commit: commitUrl(project.git_url, deployment.commit_hash),
		median: medianDurations(recent.items)[deployment.project_id] ?? null,
		/** What a queued deployment may wait for. */
		unfinished,
		wait,
		/** What brought an earlier release back when this one had failed. */
		back: recent.items.map(withoutDetails).find((item) => item.switch_back_of === deployment.id) ?? null,
		previous:
			recent.items
				.map(withoutDetails)
				.find(
					(item) =>
						item.can_roll_back &&
						!item.is_live &&
						item.id < deployment.id &&
						item.id !== deployment.rollback_of
				) ?? null
	};
};
