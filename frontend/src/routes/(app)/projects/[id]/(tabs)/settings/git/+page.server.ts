import { BackendError } from '#lib/server/backend.ts';
import { idParam } from '#lib/server/page-error.ts';
import { refused } from '#lib/server/problem.ts';
import { getWebhook, updateProject } from '#lib/server/projects.ts';
import { fail } from '@sveltejs/kit';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	try {
		const { urls } = await getWebhook(locals.backend, idParam(params.id));
		return { urls, secret: null as string | null };
	} catch (error) {
		if (error instanceof BackendError && error.status !== 404) return { urls: null, secret: null };
		throw error;
	}
};

export const actions: Actions = {
	save: async ({ locals, params, request }) => {
		const data = await request.formData();
		const values = {
			git_url: String(data.get('git_url') ?? '').trim(),
			git_branch: String(data.get('git_branch') ?? '').trim(),
			auto_deploy: data.get('auto_deploy') !== null
		};
		try {
			await updateProject(locals.backend, idParam(params.id), values);
		} catch (error) {
			const failure = refused(error, values);
			return fail(failure.status, { ...failure.data, saved: false });
		}
		return { saved: true, message: '', fields: {} as Record<string, string>, values: null };
	},

	/** The secret is in no page until somebody asks for it. */
	reveal: async ({ locals, params }) => {
		try {
			return { secret: (await getWebhook(locals.backend, idParam(params.id))).secret };
		} catch (error) {
			return refused(error, null);
		}
	}
};
