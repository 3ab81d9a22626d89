import { fail, redirect } from '@sveltejs/kit';
import { paths } from '#lib/paths.ts';
import {
	cancelDeployment,
	projectDeployments,
	rollBackTo,
	startDeployment
} from '#lib/server/deployments.ts';
import { idParam } from '#lib/server/page-error.ts';
import { refused } from '#lib/server/problem.ts';
import { withoutDetails } from '#lib/server/summary.ts';
import type { Actions, PageServerLoad } from './$types';

const pageSize = 30;

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
	depends('panel:projects');
	const cursor = url.searchParams.get('cursor');
	const list = await projectDeployments(locals.backend, idParam(params.id), pageSize, cursor);
	return { rows: list.items.map(withoutDetails), nextCursor: list.next_cursor, cursor };
};

async function deploymentId(request: Request): Promise<string | null> {
	const id = String((await request.formData()).get('deployment_id') ?? '');
	return /^[1-9][0-9]{0,17}$/.test(id) ? id : null;
}

const noSuch = () => fail(404, { message: 'There is no such deployment.' });

export const actions: Actions = {
	deploy: async ({ locals, params, request }) => {
		const id = idParam(params.id);
		const data = await request.formData();
		const branch = String(data.get('branch') ?? '');
		const commit = String(data.get('commit_hash') ?? '');
		let target: string;
		try {
			const deployment = await startDeployment(locals.backend, id, {
				...(branch ? { branch } : {}),
				...(commit ? { commit_hash: commit } : {})
			});
			target = paths.deployment(Number(id), deployment.id);
		} catch (error) {
			return refused(error, {});
		}
		redirect(303, target);
	},

	rollback: async ({ locals, params, request }) => {
		const from = await deploymentId(request);
		if (!from) return noSuch();
		let target: string;
		try {
			const deployment = await rollBackTo(locals.backend, from);
			target = paths.deployment(Number(idParam(params.id)), deployment.id);
		} catch (error) {
			return refused(error, {});
		}
		redirect(303, target);
	},

	cancel: async ({ locals, params, request }) => {
		const which = await deploymentId(request);
		if (!which) return noSuch();
		try {
			await cancelDeployment(locals.backend, which);
		} catch (error) {
			return refused(error, {});
		}
		redirect(303, paths.deployment(Number(idParam(params.id)), Number(which)));
	}
};
