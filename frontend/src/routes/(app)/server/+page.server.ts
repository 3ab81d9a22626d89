import { error } from '@sveltejs/kit';
import { bytes, count } from '#lib/format.ts';
import { cleanDisk, readiness, serverDisk } from '#lib/server/machine.ts';
import { BackendError, refused } from '#lib/server/problem.ts';
import type { Actions, PageServerLoad } from './$types';

/** A part that cannot be asked is told as such; the rest of the page stands. */
const optional = <T>(call: Promise<T>) =>
	call.then(
		(value) => ({ value, problem: null }),
		(failure: unknown) => {
			if (failure instanceof BackendError) return { value: null, problem: failure.message };
			throw failure;
		}
	);

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { user } = await parent();
	if (user.role !== 'admin') error(403, 'Only administrators see the server.', { code: 'forbidden' });
	const [ready, disk] = await Promise.all([
		optional(readiness(locals.backend)),
		optional(serverDisk(locals.backend))
	]);
	return { ready, disk };
};

export const actions: Actions = {
	look: async ({ locals }) => {
		try {
			return { removable: (await cleanDisk(locals.backend, true)).removed };
		} catch (failure) {
			return refused(failure, null);
		}
	},

	clean: async ({ locals }) => {
		try {
			const { removed, freed_bytes } = await cleanDisk(locals.backend, false);
			return { cleaned: `${count(removed.length, 'thing')} removed, ${bytes(freed_bytes)} freed.` };
		} catch (failure) {
			return refused(failure, null);
		}
	}
};
