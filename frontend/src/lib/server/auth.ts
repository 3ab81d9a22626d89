import type { AuthStatus, Tokens, User } from '#lib/types.ts';
import type { Backend } from './backend.ts';

export const authStatus = (backend: Backend) =>
	backend.json<AuthStatus>('GET', '/auth/status', { anonymous: true });

export async function signIn(backend: Backend, body: { email: string; password: string }): Promise<void> {
	backend.session.save(await backend.json<Tokens>('POST', '/auth/login', { anonymous: true, body }));
}

export async function createAdministrator(
	backend: Backend,
	body: { token: string; email: string; password: string; name: string }
): Promise<void> {
	backend.session.save(await backend.json<Tokens>('POST', '/auth/setup', { anonymous: true, body }));
}

/** Ends the session on the server and here; a back end that is down must not keep anybody signed in. */
export async function signOut(backend: Backend): Promise<void> {
	try {
		const refreshToken = backend.session.refreshToken;
		await backend.json('POST', '/auth/logout', { body: refreshToken ? { refresh_token: refreshToken } : {} });
	} finally {
		backend.session.clear();
	}
}

export const currentUser = (backend: Backend) => backend.json<User>('GET', '/auth/me');
