import { error } from '@sveltejs/kit';
import { getDeployment } from '#lib/server/deployments.ts';
import { idParam } from '#lib/server/page-error.ts';
import { withoutDetails } from '#lib/server/summary.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const to = await getDeployment(locals.backend, idParam(params.deployment));
	if (String(to.project_id) !== idParam(params.id)) {
		error(404, 'There is nothing here. It may have been deleted.', { code: 'not_found' });
	}
	return { to: withoutDetails(to) };
};
