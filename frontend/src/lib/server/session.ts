/**
 * The two cookies that hold a session: their names, flags and lifetimes. Over https they carry the `__Host-` prefix, which
 * browsers tie to this very host; on http (a first look at http://localhost) the prefix is not allowed, so names are plain.
 */
import type { Cookies } from '@sveltejs/kit';
import type { Tokens } from '#lib/types.ts';

export const refreshLifetimeSeconds = 7 * 24 * 3600;

export function cookieNames(secure: boolean): { access: string; refresh: string } {
	const prefix = secure ? '__Host-' : '';
	return { access: `${prefix}panel_access`, refresh: `${prefix}panel_refresh` };
}

export function cookieFlags(secure: boolean) {
	return { path: '/', httpOnly: true, secure, sameSite: 'strict' } as const;
}

export class Session {
	readonly #cookies: Cookies;
	readonly #secure: boolean;

	constructor(cookies: Cookies, url: URL) {
		this.#cookies = cookies;
		this.#secure = url.protocol === 'https:';
	}

	get accessToken(): string | undefined {
		return this.#cookies.get(cookieNames(this.#secure).access) || undefined;
	}

	get refreshToken(): string | undefined {
		return this.#cookies.get(cookieNames(this.#secure).refresh) || undefined;
	}

	save(tokens: Pick<Tokens, 'access_token' | 'refresh_token' | 'expires_in'>): void {
		const names = cookieNames(this.#secure);
		const flags = cookieFlags(this.#secure);
		this.#cookies.set(names.access, tokens.access_token, { ...flags, maxAge: tokens.expires_in });
		this.#cookies.set(names.refresh, tokens.refresh_token, { ...flags, maxAge: refreshLifetimeSeconds });
	}

	clear(): void {
		const names = cookieNames(this.#secure);
		this.#cookies.delete(names.access, cookieFlags(this.#secure));
		this.#cookies.delete(names.refresh, cookieFlags(this.#secure));
	}
}
