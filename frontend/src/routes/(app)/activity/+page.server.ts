import { recentDeployments } from '#lib/server/deployments.ts';
import { withoutDetails } from '#lib/server/summary.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends }) => {
	depends('panel:projects');
	const { items } = await recentDeployments(locals.backend, 100);
	return { rows: items.map(withoutDetails) };
};
