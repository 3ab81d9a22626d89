import { redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { signOut } from '#lib/server/auth.ts';
import { BackendError } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = () => redirect(303, paths.dashboard());

export const actions: Actions = {
	default: async ({ locals }) => {
		try {
			await signOut(locals.backend);
		} catch (error) {
			if (!(error instanceof BackendError)) throw error;
		}
		redirect(303, paths.login());
	}
};
