/** Filter and order of the project list, as the address says. Pure. */
import { projectState } from './status.ts';
import type { ProjectSummary } from './types.ts';

export const sorts = [
	['deployed', 'Last deployed'],
	['name', 'Name'],
	['status', 'Status']
] as const;

export type Sort = (typeof sorts)[number][0];

export const sortOf = (text: string | null): Sort =>
	sorts.find(([value]) => value === text)?.[0] ?? 'deployed';

const urgency = { err: 0, busy: 1, ok: 2, off: 3 };

export function matchesQuery(
	project: Pick<ProjectSummary, 'name' | 'url' | 'framework' | 'git_branch'>,
	query: string
): boolean {
	const needle = query.trim().toLowerCase();
	return [project.name, project.url, project.framework ?? '', project.git_branch].some((text) =>
		text.toLowerCase().includes(needle)
	);
}

export function filterProjects(projects: ProjectSummary[], query: string, sort: Sort): ProjectSummary[] {
	const found = projects.filter((project) => matchesQuery(project, query));
	const byName = (a: ProjectSummary, b: ProjectSummary) => a.name.localeCompare(b.name);
	if (sort === 'name') return found.sort(byName);
	if (sort === 'status') {
		const rank = (project: ProjectSummary) => urgency[projectState(project, project.latest).tone];
		return found.sort((a, b) => rank(a) - rank(b) || byName(a, b));
	}
	return found.sort((a, b) => (b.latest?.id ?? 0) - (a.latest?.id ?? 0) || byName(a, b));
}
