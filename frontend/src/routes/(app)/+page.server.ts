import { recentDeployments } from '#lib/server/deployments.ts';
import { medianDurations, withoutDetails } from '#lib/server/summary.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends }) => {
	depends('panel:projects');
	const { items } = await recentDeployments(locals.backend, 40);
	return { activity: items.slice(0, 10).map(withoutDetails), medians: medianDurations(items) };
};
