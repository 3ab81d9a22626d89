import type { Cookies } from '@sveltejs/kit';
import { describe, expect, it } from 'vitest';
import { Session } from './session.ts';

function jar(initial: Record<string, string> = {}) {
	const written: { name: string; value: string | null; flags: Record<string, unknown> }[] = [];
	const cookies = {
		get: (name: string) => initial[name],
		set: (name: string, value: string, flags: object) => written.push({ name, value, flags: { ...flags } }),
		delete: (name: string, flags: object) => written.push({ name, value: null, flags: { ...flags } })
	} as unknown as Cookies;
	return { cookies, written };
}

const tokens = { access_token: 'a', refresh_token: 'r', expires_in: 86400 };

describe('Session', () => {
	it('is tied to the host over https', () => {
		const { cookies, written } = jar();
		new Session(cookies, new URL('https://panel.example.com/')).save(tokens);
		expect(written.map(({ name }) => name)).toEqual(['__Host-panel_access', '__Host-panel_refresh']);
		for (const { flags } of written) {
			expect(flags).toMatchObject({ path: '/', httpOnly: true, secure: true, sameSite: 'strict' });
			expect(flags).not.toHaveProperty('domain');
		}
		expect(written.map(({ flags }) => flags.maxAge)).toEqual([86400, 604800]);
	});

	it('has plain names on http', () => {
		const { cookies, written } = jar();
		new Session(cookies, new URL('http://localhost:8088/')).save(tokens);
		expect(written.map(({ name, flags }) => [name, flags.secure])).toEqual([
			['panel_access', false],
			['panel_refresh', false]
		]);
	});

	it('does not take a plain cookie over https', () => {
		const { cookies } = jar({ panel_access: 'planted' });
		expect(new Session(cookies, new URL('https://panel.example.com/')).accessToken).toBeUndefined();
	});

	it('clears both', () => {
		const { cookies, written } = jar();
		new Session(cookies, new URL('http://localhost/')).clear();
		expect(written.map(({ name, value }) => [name, value])).toEqual([
			['panel_access', null],
			['panel_refresh', null]
		]);
	});
});
