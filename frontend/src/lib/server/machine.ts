import type { DiskCleaned, Readiness, ServerDisk, ServerStatus } from '#lib/types.ts';
import type { Backend } from './backend.ts';

/** Measuring walks through folders and asks the engine; removing takes as long as the engine does. */
const diskDeadlineMs = 60_000;

export const serverStatus = (backend: Backend) => backend.json<ServerStatus>('GET', '/server');

/** Which parts answer. "Not ready" is an answer as well. */
export const readiness = (backend: Backend) => backend.json<Readiness>('GET', '/ready', { anyStatus: true });

export const serverDisk = (backend: Backend) =>
	backend.json<ServerDisk>('GET', '/server/disk', { deadlineMs: diskDeadlineMs });

/** Measures anew, then removes what may go; a dry run only says what that is. */
export const cleanDisk = (backend: Backend, dryRun: boolean) =>
	backend.json<DiskCleaned>('POST', '/server/disk/clean', {
		body: { dry_run: dryRun },
		deadlineMs: diskDeadlineMs
	});
