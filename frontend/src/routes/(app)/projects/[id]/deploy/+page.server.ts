import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import type { PageServerLoad } from './$types';

/** The question that Deploy leads to while the project is pinned; without a pin there is nothing to ask. */
export const load: PageServerLoad = async ({ parent, url }) => {
	const { project } = await parent();
	if (!project.pinned_deployment_id) redirect(303, paths.project(project.id));
	return {
		pinned: project.pinned_deployment_id,
		branch: url.searchParams.get('branch') ?? project.git_branch,
		commitHash: url.searchParams.get('commit_hash')
	};
};
