import { fail } from '@sveltejs/kit';
import { idParam } from '#lib/server/page-error.ts';
import { BackendError, refused } from '#lib/server/problem.ts';
import { getDeployment } from '#lib/server/deployments.ts';
import { updateProject, type ProjectSettings } from '#lib/server/projects.ts';
import { settingsFromForm } from '#lib/settings-form.ts';
import type { Plan } from '#lib/types.ts';
import type { Actions, PageServerLoad } from './$types';

/** The plan of the newest deployment that got one: what the empty fields mean. */
export const load: PageServerLoad = async ({ locals, parent, depends }) => {
	depends('panel:projects');
	const { project } = await parent();
	const from = project.latest_deployment?.id ?? project.live_deployment_id;
	let plan: Plan | null = null;
	if (from) {
		try {
			plan = (await getDeployment(locals.backend, String(from))).plan ?? null;
		} catch (error) {
			if (!(error instanceof BackendError)) throw error;
		}
	}
	return { plan };
};

export const actions: Actions = {
	default: async ({ locals, params, request }) => {
		const { settings, fields, values } = settingsFromForm(await request.formData());
		if (Object.keys(fields).length) {
			return fail(422, { message: Object.values(fields)[0] ?? '', fields, values, saved: false });
		}
		try {
			await updateProject(locals.backend, idParam(params.id), settings as ProjectSettings);
		} catch (error) {
			const failure = refused(error, values);
			return fail(failure.status, { ...failure.data, saved: false });
		}
		return { saved: true, message: '', fields: {} as Record<string, string>, values: null };
	}
};
