/**
 * The one way to the back end: base address, token, deadline, problem documents. One object for each request of a browser;
 * it refreshes the session at most once, however many calls find the access token expired at the same time.
 */
import { redirect } from '@sveltejs/kit';
import { VPS_PANEL_BACKEND_URL } from '$app/env/private';
import { paths } from '#lib/paths.ts';
import type { Tokens } from '#lib/types.ts';
import { BackendError, readProblem, unavailable } from './problem.ts';
import type { Session } from './session.ts';

const deadlineMs = 15_000;

/** Detection clones; it may take longer than an ordinary call. */
export const detectDeadlineMs = 60_000;

export interface Caller {
	session: Session;
	/** The browser's address as the proxy in front saw it. */
	forwardedFor: string;
	requestId: string;
	/** Where to come back to after signing in. */
	path: string;
}

interface CallOptions {
	body?: unknown;
	/** Sign-in calls: no token, and a 401 is an answer, not the end of a session. */
	anonymous?: boolean;
	deadlineMs?: number;
	/** The answer is read whatever its status is. */
	anyStatus?: boolean;
	headers?: Record<string, string>;
}

export class Backend {
	readonly #caller: Caller;
	#token: string | undefined;
	#refreshing: Promise<boolean> | undefined;

	constructor(caller: Caller) {
		this.#caller = caller;
		this.#token = caller.session.accessToken;
	}

	get signedIn(): boolean {
		return this.#token !== undefined || this.#caller.session.refreshToken !== undefined;
	}

	get session(): Session {
		return this.#caller.session;
	}

	/** The decoded JSON answer; `undefined` for 204. Throws BackendError, or redirects to the sign-in page. */
	async json<T>(method: string, path: string, options: CallOptions = {}): Promise<T> {
		const response = await this.raw(method, path, options);
		if (response.status === 204) return undefined as T;
		return (await response.json()) as T;
	}

	/** The successful answer itself, for text. */
	async raw(method: string, path: string, options: CallOptions = {}): Promise<Response> {
		if (!options.anonymous && !this.#token && !(await this.#refresh())) this.#toSignIn();
		let response = await this.#send(method, path, options);
		if (response.status === 401 && !options.anonymous) {
			await response.body?.cancel();
			if (!(await this.#refresh())) this.#toSignIn();
			response = await this.#send(method, path, options);
			if (response.status === 401) this.#toSignIn();
		}
		if (!response.ok && !options.anyStatus) throw await readProblem(response);
		return response;
	}

	async #send(method: string, path: string, options: CallOptions): Promise<Response> {
		const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
		if (options.body !== undefined) headers['content-type'] = 'application/json';
		if (this.#token && !options.anonymous) headers.authorization = `Bearer ${this.#token}`;
		if (this.#caller.forwardedFor) headers['x-forwarded-for'] = this.#caller.forwardedFor;
		headers['x-request-id'] = this.#caller.requestId;
		try {
			return await fetch(`${VPS_PANEL_BACKEND_URL}/api/v1${path}`, {
				method,
				headers,
				body: options.body === undefined ? undefined : JSON.stringify(options.body),
				redirect: 'error',
				signal: AbortSignal.timeout(options.deadlineMs ?? deadlineMs)
			});
		} catch (cause) {
			if (cause instanceof DOMException && cause.name === 'TimeoutError') {
				throw unavailable('The back end took too long to answer. Try again in a moment.');
			}
			throw unavailable();
		}
	}

	/** True when there is a fresh access token. The back end answers the same successor to concurrent refreshes. */
	async #refresh(): Promise<boolean> {
		this.#refreshing ??= this.#refreshOnce();
		return this.#refreshing;
	}

	async #refreshOnce(): Promise<boolean> {
		const { session } = this.#caller;
		const refreshToken = session.refreshToken;
		if (!refreshToken) return false;
		const response = await this.#send('POST', '/auth/refresh', {
			anonymous: true,
			body: { refresh_token: refreshToken }
		});
		if (response.status === 401 || response.status === 422 || response.status === 400) {
			session.clear();
			this.#token = undefined;
			return false;
		}
		if (!response.ok) throw await readProblem(response);
		const tokens = (await response.json()) as Tokens;
		session.save(tokens);
		this.#token = tokens.access_token;
		return true;
	}

	#toSignIn(): never {
		redirect(303, paths.login(this.#caller.path));
	}
}

export { BackendError };
