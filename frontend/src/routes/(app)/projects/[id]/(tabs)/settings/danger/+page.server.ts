import { fail, redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import { idParam } from '#lib/server/page-error.ts';
import { refused } from '#lib/server/problem.ts';
import { deleteProject, getProject } from '#lib/server/projects.ts';
import type { Actions } from './$types';

export const actions: Actions = {
	delete: async ({ locals, params, request }) => {
		const id = idParam(params.id);
		const typed = String((await request.formData()).get('name') ?? '').trim();
		try {
			const project = await getProject(locals.backend, id);
			if (typed !== project.name) {
				const message = `Type “${project.name}” to delete it.`;
				return fail(422, {
					message,
					fields: { name: message } as Record<string, string>,
					values: { name: typed }
				});
			}
			await deleteProject(locals.backend, id);
		} catch (error) {
			return refused(error, { name: typed });
		}
		redirect(303, paths.projects());
	}
};
