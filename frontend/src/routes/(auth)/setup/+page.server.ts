import { fail, redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { authStatus, createAdministrator } from '#lib/server/auth.ts';
import { BackendError, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const status = await authStatus(locals.backend);
	if (!status.setup_required) redirect(303, paths.login());
	return { token: url.searchParams.get('token') ?? '' };
};

export const actions: Actions = {
	default: async ({ locals, request }) => {
		const data = await request.formData();
		const text = (name: string) => String(data.get(name) ?? '');
		const values = { token: text('token').trim(), email: text('email').trim(), name: text('name').trim() };
		const password = text('password');
		const bytes = new TextEncoder().encode(password).length;
		if (bytes < 8 || bytes > 72) {
			const message = 'A password has 8 to 72 bytes.';
			return fail(422, { message, fields: { password: message } as Record<string, string>, values });
		}
		try {
			await createAdministrator(locals.backend, { ...values, password });
		} catch (error) {
			if (error instanceof BackendError && error.status === 404) {
				const message =
					'This setup link is not valid, or it has been used. The panel prints a new one when it starts.';
				return fail(404, { message, fields: {} as Record<string, string>, values });
			}
			return refused(error, values);
		}
		redirect(303, paths.dashboard());
	}
};
