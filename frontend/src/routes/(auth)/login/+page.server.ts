import { redirect } from '@sveltejs/kit';
import { paths, safeNext } from '#lib/paths.ts';
import { authStatus, signIn } from '#lib/server/auth.ts';
import { refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const status = await authStatus(locals.backend);
	return { setupRequired: status.setup_required, next: safeNext(url.searchParams.get('next')) };
};

export const actions: Actions = {
	default: async ({ locals, request }) => {
		const data = await request.formData();
		const email = String(data.get('email') ?? '').trim();
		try {
			await signIn(locals.backend, { email, password: String(data.get('password') ?? '') });
		} catch (error) {
			return refused(error, { email });
		}
		redirect(303, safeNext(String(data.get('next') ?? paths.dashboard())));
	}
};
