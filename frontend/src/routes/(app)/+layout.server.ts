import { currentUser } from '#lib/server/auth.ts';
import { BackendError } from '#lib/server/backend.ts';
import { serverStatus } from '#lib/server/machine.ts';
import { listProjects } from '#lib/server/projects.ts';
import { summarize } from '#lib/server/summary.ts';
import type { LayoutServerLoad } from './$types';

export const load: LayoutServerLoad = async ({ locals, depends }) => {
	depends('panel:projects');
	const { backend } = locals;
	const [user, projects, server] = await Promise.all([
		currentUser(backend),
		listProjects(backend),
		// The gauge is an extra: a server that cannot be measured is no reason to show nothing.
		serverStatus(backend).catch((error: unknown) => {
			if (error instanceof BackendError) return null;
			throw error;
		})
	]);
	return { user, server, projects: projects.items.map(summarize), now: Date.now() };
};
