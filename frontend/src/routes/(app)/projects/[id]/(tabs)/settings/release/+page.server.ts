import { fail } from '@sveltejs/kit';
import { releaseFromForm } from '#lib/release-form.ts';
import { idParam } from '#lib/server/page-error.ts';
import { refused } from '#lib/server/problem.ts';
import { updateProject, type ProjectSettings } from '#lib/server/projects.ts';
import type { Actions } from './$types';

export const actions: Actions = {
	default: async ({ locals, params, request }) => {
		const { settings, values } = releaseFromForm(await request.formData());
		try {
			await updateProject(locals.backend, idParam(params.id), settings as ProjectSettings);
		} catch (error) {
			const failure = refused(error, values);
			return fail(failure.status, { ...failure.data, saved: false });
		}
		return { saved: true, message: '', fields: {} as Record<string, string>, values: null };
	}
};
