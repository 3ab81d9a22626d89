import { currentUser } from '#lib/server/auth.ts';
import { BackendError } from '#lib/server/backend.ts';
import { serverStatus } from '#lib/server/machine.ts';
import { recentDeployments } from '#lib/server/deployments.ts';
import { recentProjects } from '#lib/server/summary.ts';
import type { LayoutServerLoad } from './$types';

/** What the sidebar shows, and how many deployments are looked through for it. */
const recentShown = 5;
const recentRead = 40;

export const load: LayoutServerLoad = async ({ locals, depends }) => {
	depends('panel:projects');
	const { backend } = locals;
	const [user, deployments, server] = await Promise.all([
		currentUser(backend),
		recentDeployments(backend, recentRead),
		// The gauge is an extra: a server that cannot be measured is no reason to show nothing.
		serverStatus(backend).catch((error: unknown) => {
			if (error instanceof BackendError) return null;
			throw error;
		})
	]);
	return { user, server, recent: recentProjects(deployments.items).slice(0, recentShown), now: Date.now() };
};
