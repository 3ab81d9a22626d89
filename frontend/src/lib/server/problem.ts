/** An error answer of the back end, and what forms make of it. */
import { fail, type ActionFailure } from '@sveltejs/kit';
import type { Problem } from '#lib/types.ts';

export class BackendError extends Error {
	readonly status: number;
	readonly code: string;
	readonly requestId: string;
	readonly fields: Record<string, string>;

	constructor(problem: Pick<Problem, 'status' | 'code' | 'detail' | 'request_id' | 'errors'>) {
		super(problem.detail);
		this.status = problem.status;
		this.code = problem.code;
		this.requestId = problem.request_id;
		this.fields = Object.fromEntries((problem.errors ?? []).map((error) => [error.field, error.message]));
	}
}

const sentences: Record<number, string> = {
	401: 'Sign in to go on.',
	403: 'Your account may not do this.',
	404: 'There is nothing here. It may have been deleted.',
	409: 'That is not possible right now.',
	413: 'That is too large.',
	429: 'Too many attempts. Wait a minute, then try again.',
	502: 'The back end does not answer. Your apps keep running; try again in a moment.',
	503: 'The back end does not answer. Your apps keep running; try again in a moment.',
	504: 'The back end took too long to answer. Try again in a moment.'
};

/** Reads an answer that is not a success; a body that is no problem document still gives a plain sentence. */
export async function readProblem(response: Response): Promise<BackendError> {
	const requestId = response.headers.get('x-request-id') ?? '';
	const fallback = {
		status: response.status,
		code: response.status >= 500 ? 'unavailable' : 'bad_request',
		detail: sentences[response.status] ?? 'The back end could not do this.',
		request_id: requestId
	};
	if (!(response.headers.get('content-type') ?? '').includes('json')) return new BackendError(fallback);
	try {
		const body = (await response.json()) as Partial<Problem>;
		return new BackendError({
			status: response.status,
			code: body.code ?? fallback.code,
			detail: body.detail || body.title || fallback.detail,
			request_id: body.request_id ?? requestId,
			errors: Array.isArray(body.errors) ? body.errors : undefined
		});
	} catch {
		return new BackendError(fallback);
	}
}

export const unavailable = (detail = sentences[503] ?? '') =>
	new BackendError({ status: 503, code: 'unavailable', detail, request_id: '' });

export interface FormProblem<Values> {
	message: string;
	fields: Record<string, string>;
	values: Values;
}

/**
 * What an action returns when the back end refused: its sentence, the sentences at their fields and everything that was
 * typed. Anything but a refusal (a redirect, a fault of ours) is thrown on.
 */
export function refused<Values>(error: unknown, values: Values): ActionFailure<FormProblem<Values>> {
	if (!(error instanceof BackendError)) throw error;
	return fail(error.status, { message: error.message, fields: error.fields, values });
}
