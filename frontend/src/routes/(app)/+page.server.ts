import { recentDeployments } from '#lib/server/deployments.ts';
import { BackendError } from '#lib/server/problem.ts';
import { getProject, listProjects } from '#lib/server/projects.ts';
import { medianDurations, recentProjects, summarize, withoutDetails } from '#lib/server/summary.ts';
import type { Project } from '#lib/types.ts';
import type { PageServerLoad } from './$types';

const projectsRead = 100;
/** Cards on the overview; the rest is one click away. */
const cards = 24;

export const load: PageServerLoad = async ({ locals, depends }) => {
	depends('panel:projects');
	const { backend } = locals;
	const [{ items }, list] = await Promise.all([
		recentDeployments(backend, 40),
		listProjects(backend, projectsRead)
	]);
	// Older than all that were read, yet deployed just now: where there are more than a hundred projects.
	const read = new Set(list.items.map((project) => project.id));
	const missing = recentProjects(items)
		.filter(({ id }) => !read.has(id))
		.slice(0, cards);
	const found = await Promise.all(missing.map(({ id }) => getProject(backend, String(id)).catch(gone)));
	const projects = [...list.items, ...found.filter((project) => project !== null)].map(summarize);
	projects.sort((a, b) => (b.latest?.id ?? 0) - (a.latest?.id ?? 0));
	return {
		projects: projects.slice(0, cards),
		more: projects.length > cards || list.next_cursor !== null,
		activity: items.slice(0, 10).map(withoutDetails),
		medians: medianDurations(items)
	};
};

/** Deleted between the two calls: nothing to fail a page for. */
function gone(error: unknown): Project | null {
	if (error instanceof BackendError && error.status === 404) return null;
	throw error;
}
