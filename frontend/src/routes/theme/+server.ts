import { redirect, type RequestHandler } from '@sveltejs/kit';
import { safeNext } from '#lib/paths.ts';

/** The theme is a cookie, so that the very first byte of a page has the right one. */
export const POST: RequestHandler = async ({ request, cookies, url, locals }) => {
	const data = await request.formData();
	const asked = data.get('theme');
	const theme = asked === 'dark' || asked === 'light' ? asked : locals.theme === 'light' ? 'dark' : 'light';
	cookies.set('panel_theme', theme, {
		path: '/',
		httpOnly: true,
		sameSite: 'lax',
		secure: url.protocol === 'https:',
		maxAge: 365 * 24 * 3600
	});
	redirect(303, safeNext(String(data.get('next') ?? '/')));
};
