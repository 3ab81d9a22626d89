import { fail } from '@sveltejs/kit';
import { addDomain, listDomains, removeDomain, updateDomain } from '#lib/server/domains.ts';
import { idParam } from '#lib/server/page-error.ts';
import { refused } from '#lib/server/problem.ts';
import { domainProblem } from '#lib/domain-name.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, depends }) => {
	depends('panel:domains');
	return { domains: (await listDomains(locals.backend, idParam(params.id))).items };
};

async function domainId(request: Request): Promise<string> {
	return idParam(String((await request.formData()).get('domain_id') ?? ''));
}

export const actions: Actions = {
	add: async ({ locals, params, request }) => {
		const data = await request.formData();
		const domain = String(data.get('domain') ?? '')
			.trim()
			.toLowerCase()
			.replace(/^https?:\/\//, '')
			.replace(/\/.*$/, '');
		const problem = domainProblem(domain);
		if (problem) {
			return fail(422, {
				message: problem,
				fields: { domain: problem } as Record<string, string>,
				values: { domain }
			});
		}
		try {
			await addDomain(locals.backend, idParam(params.id), {
				domain,
				is_primary: data.get('is_primary') !== null
			});
		} catch (error) {
			return refused(error, { domain });
		}
		return { saved: `${domain} is added.` };
	},

	primary: async ({ locals, params, request }) => {
		try {
			await updateDomain(locals.backend, idParam(params.id), await domainId(request), { is_primary: true });
		} catch (error) {
			return refused(error, { domain: '' });
		}
		return { saved: 'The primary domain is changed.' };
	},

	remove: async ({ locals, params, request }) => {
		try {
			await removeDomain(locals.backend, idParam(params.id), await domainId(request));
		} catch (error) {
			return refused(error, { domain: '' });
		}
		return { saved: 'The domain is removed.' };
	}
};
