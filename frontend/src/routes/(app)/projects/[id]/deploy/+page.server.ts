import type { PageServerLoad } from './$types';

/** The question that Deploy leads to while the project is pinned, or while a rollback that will pin it is on its way. */
export const load: PageServerLoad = async ({ parent, url }) => {
	const { project } = await parent();
	return {
		branch: url.searchParams.get('branch') ?? project.git_branch,
		commitHash: url.searchParams.get('commit_hash')
	};
};
