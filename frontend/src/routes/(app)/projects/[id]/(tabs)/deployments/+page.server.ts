import { fail, redirect } from '@sveltejs/kit';
import { paths, safeNext } from '#lib/paths.ts';
import {
	cancelDeployment,
	projectDeployments,
	rollBackTo,
	startDeployment
} from '#lib/server/deployments.ts';
import { idParam } from '#lib/server/page-error.ts';
import { BackendError, refused } from '#lib/server/problem.ts';
import { pinProject, releasePin } from '#lib/server/projects.ts';
import { withoutDetails } from '#lib/server/summary.ts';
import type { Actions, PageServerLoad } from './$types';

const pageSize = 30;

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
	depends('panel:projects');
	const cursor = url.searchParams.get('cursor');
	const list = await projectDeployments(locals.backend, idParam(params.id), pageSize, cursor);
	return { rows: list.items.map(withoutDetails), nextCursor: list.next_cursor, cursor };
};

const text = (data: FormData, name: string) => String(data.get(name) ?? '');

function deploymentId(data: FormData): string | null {
	const id = text(data, 'deployment_id');
	return /^[1-9][0-9]{0,17}$/.test(id) ? id : null;
}

const noSuch = () => fail(404, { message: 'There is no such deployment.' });

/** Where the button was, or the project's page. */
const cameFrom = (data: FormData, id: string) =>
	data.has('from') ? safeNext(text(data, 'from')) : paths.project(Number(id));

export const actions: Actions = {
	deploy: async ({ locals, params, request }) => {
		const id = idParam(params.id);
		const data = await request.formData();
		const what = Object.fromEntries(
			['branch', 'commit_hash'].map((name) => [name, text(data, name)]).filter(([, value]) => value)
		) as { branch?: string; commit_hash?: string };
		let target: string;
		try {
			const release_pin = data.has('release_pin');
			const deployment = await startDeployment(locals.backend, id, {
				...what,
				...(release_pin ? { release_pin } : {})
			});
			target = paths.deployment(Number(id), deployment.id);
		} catch (error) {
			// Whichever button it was: a pinned project asks first.
			if (error instanceof BackendError && error.code === 'pinned') {
				redirect(303, paths.deployPinned(Number(id), what));
			}
			return refused(error, {});
		}
		redirect(303, target);
	},

	rollback: async ({ locals, params, request }) => {
		const data = await request.formData();
		const from = deploymentId(data);
		if (!from) return noSuch();
		let target: string;
		try {
			const deployment = await rollBackTo(locals.backend, from, data.has('pin'));
			target = paths.deployment(Number(idParam(params.id)), deployment.id);
		} catch (error) {
			return refused(error, {});
		}
		redirect(303, target);
	},

	cancel: async ({ locals, params, request }) => {
		const which = deploymentId(await request.formData());
		if (!which) return noSuch();
		try {
			await cancelDeployment(locals.backend, which);
		} catch (error) {
			return refused(error, {});
		}
		redirect(303, paths.deployment(Number(idParam(params.id)), Number(which)));
	},

	pin: async ({ locals, params, request }) => {
		const data = await request.formData();
		const which = deploymentId(data);
		if (!which) return noSuch();
		const id = idParam(params.id);
		try {
			await pinProject(locals.backend, id, Number(which));
		} catch (error) {
			return refused(error, {});
		}
		redirect(303, cameFrom(data, id));
	},

	release: async ({ locals, params, request }) => {
		const data = await request.formData();
		const id = idParam(params.id);
		try {
			await releasePin(locals.backend, id);
		} catch (error) {
			return refused(error, {});
		}
		redirect(303, cameFrom(data, id));
	}
};
