import { fail } from '@sveltejs/kit';
import { parseDotenv } from '#lib/dotenv.ts';
import { applyChanges, diffEnvironment, keptSecret, scopeOf, type EnvChange } from '#lib/env-form.ts';
import { deleteVariable, listEnvironment, replaceEnvironment } from '#lib/server/environment.ts';
import { idParam } from '#lib/server/page-error.ts';
import { refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, depends }) => {
	depends('panel:environment');
	return { variables: (await listEnvironment(locals.backend, idParam(params.id))).items };
};

/** A change as the preview shows it: a secret's values stay out of the page. */
const shown = (change: EnvChange): EnvChange =>
	change.secret ? { ...change, before: null, after: null } : change;

export const actions: Actions = {
	save: async ({ locals, params, request }) => {
		const id = idParam(params.id);
		const data = await request.formData();
		const key = String(data.get('key') ?? '').trim();
		const value = String(data.get('value') ?? '').replace(/\r\n/g, '\n');
		const secret = data.get('is_secret') !== null;
		const values = { key, value: secret ? '' : value, is_secret: secret, scope: scopeOf(data.get('scope')) };
		if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) {
			const message = 'A name has letters, digits and _, and begins with no digit.';
			return fail(422, { form: 'save', message, fields: { key: message } as Record<string, string>, values });
		}
		try {
			const stored = (await listEnvironment(locals.backend, id)).items;
			const known = stored.find((variable) => variable.key === key);
			// An empty field for a secret that is stored means: keep it.
			const kept = secret && value === '' && known?.is_secret;
			const next = { key, value: kept ? null : value, is_secret: secret, scope: values.scope };
			await replaceEnvironment(
				locals.backend,
				id,
				known ? stored.map((variable) => (variable.key === key ? next : variable)) : [...stored, next]
			);
		} catch (error) {
			const failure = refused(error, values);
			return fail(failure.status, { ...failure.data, form: 'save' });
		}
		return { saved: `${key} is saved.` };
	},

	remove: async ({ locals, params, request }) => {
		const key = String((await request.formData()).get('key') ?? '');
		try {
			await deleteVariable(locals.backend, idParam(params.id), key);
		} catch (error) {
			return refused(error, null);
		}
		return { saved: `${key} is removed.` };
	},

	preview: async ({ locals, params, request }) => {
		const data = await request.formData();
		const text = String(data.get('dotenv') ?? '');
		const replace = data.get('replace') !== null;
		const { variables, problems } = parseDotenv(text);
		try {
			const stored = (await listEnvironment(locals.backend, idParam(params.id))).items;
			const changes = diffEnvironment(stored, variables, replace).map(shown);
			return { preview: { text, replace, problems, changes } };
		} catch (error) {
			return refused(error, { text });
		}
	},

	apply: async ({ locals, params, request }) => {
		const id = idParam(params.id);
		const data = await request.formData();
		const text = String(data.get('dotenv') ?? '');
		const { variables } = parseDotenv(text);
		try {
			const stored = (await listEnvironment(locals.backend, id)).items;
			const changes = diffEnvironment(stored, variables, data.get('replace') !== null).filter(
				(change) => !(change.secret && change.after === keptSecret)
			);
			await replaceEnvironment(locals.backend, id, applyChanges(stored, changes));
			return { saved: changes.length === 1 ? '1 change is saved.' : `${changes.length} changes are saved.` };
		} catch (error) {
			return refused(error, { text });
		}
	}
};
