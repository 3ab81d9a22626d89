import { recentDeployments } from '#lib/server/deployments.ts';
import { withoutDetails } from '#lib/server/summary.ts';
import type { PageServerLoad } from './$types';

const pageSize = 60;

export const load: PageServerLoad = async ({ locals, url, depends }) => {
	depends('panel:projects');
	const cursor = url.searchParams.get('cursor');
	const list = await recentDeployments(locals.backend, pageSize, cursor);
	return { rows: list.items.map(withoutDetails), nextCursor: list.next_cursor, cursor };
};
