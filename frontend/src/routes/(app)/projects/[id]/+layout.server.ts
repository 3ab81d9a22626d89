import { projectNotices } from '#lib/project-notices.ts';
import { idParam } from '#lib/server/page-error.ts';
import { getProject } from '#lib/server/projects.ts';
import { withoutDetails } from '#lib/server/summary.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, params, depends }) => {
	depends('panel:projects');
	const project = await getProject(locals.backend, idParam(params.id));
	return {
		notices: projectNotices(project, project.latest_deployment),
		project: {
			...project,
			latest_deployment: project.latest_deployment ? withoutDetails(project.latest_deployment) : null
		}
	};
};
