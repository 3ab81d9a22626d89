import { gather } from '#lib/gather.ts';
import { matchesQuery } from '#lib/project-list.ts';
import { listProjects } from '#lib/server/projects.ts';
import { summarize } from '#lib/server/summary.ts';
import type { PageServerLoad } from './$types';

const pageSize = 60;
/** A search reads the list in the largest pages there are, and looks at no more than 2,000 projects at a time. */
const searchPageSize = 100;
const mostSearchPages = 20;

export const load: PageServerLoad = async ({ locals, url, depends, untrack }) => {
	depends('panel:projects');
	const cursor = url.searchParams.get('cursor');
	const query = untrack(() => url.searchParams.get('q') ?? '');
	if (query === '' || cursor === null) {
		const list = await listProjects(locals.backend, pageSize, cursor);
		const whole = cursor === null && list.next_cursor === null;
		// Where all projects are on one page the browser filters them itself: nothing to ask for at each key.
		if (!whole) void url.searchParams.get('q');
		if (query === '' || whole) {
			return { projects: list.items.map(summarize), nextCursor: list.next_cursor, cursor, searched: null };
		}
	} else void url.searchParams.get('q');
	const found = await gather(
		(from) => listProjects(locals.backend, searchPageSize, from),
		(project) => matchesQuery(project, query),
		{ from: cursor, wanted: pageSize, mostPages: mostSearchPages }
	);
	return {
		projects: found.items.map(summarize),
		nextCursor: found.next_cursor,
		cursor,
		searched: found.read
	};
};
