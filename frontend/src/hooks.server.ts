import { redirect } from '@sveltejs/kit';
import type { Handle, HandleServerError } from '@sveltejs/kit/hooks';
import { paths } from '#lib/paths.ts';
import { Backend, BackendError } from '#lib/server/backend.ts';
import { Session } from '#lib/server/session.ts';

const securityHeaders = {
	'x-content-type-options': 'nosniff',
	// Not no-referrer: that would turn the Origin of form posts into "null", and Kit's origin check would refuse them.
	'referrer-policy': 'same-origin',
	'cross-origin-opener-policy': 'same-origin',
	'cross-origin-resource-policy': 'same-origin',
	'permissions-policy': 'camera=(), geolocation=(), microphone=()',
	'x-frame-options': 'DENY'
};

/**
 * A link on another site opens the panel without our SameSite=Strict cookies. Loading the same address once more, from here,
 * sends them: nobody has to sign in again because a link came by mail.
 */
function arrivesFromElsewhere(request: Request): boolean {
	return (
		request.method === 'GET' &&
		request.headers.get('sec-fetch-site') === 'cross-site' &&
		request.headers.get('sec-fetch-mode') === 'navigate'
	);
}

const again = () =>
	new Response('<!doctype html><meta http-equiv="refresh" content="0"><title>VPS Panel</title>', {
		headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...securityHeaders }
	});

function clientAddress(event: Parameters<Handle>[0]['event']): string {
	const forwarded = event.request.headers.get('x-forwarded-for');
	if (forwarded) return forwarded;
	try {
		return event.getClientAddress();
	} catch {
		return '';
	}
}

export const handle: Handle = async ({ event, resolve }) => {
	const incoming = event.request.headers.get('x-request-id') ?? '';
	const backend = new Backend({
		session: new Session(event.cookies, event.url),
		forwardedFor: clientAddress(event),
		requestId: /^[\w.-]{8,64}$/.test(incoming) ? incoming : crypto.randomUUID(),
		path: event.url.pathname + event.url.search
	});
	event.locals.backend = backend;
	const theme = event.cookies.get('panel_theme');
	event.locals.theme = theme === 'dark' || theme === 'light' ? theme : '';

	if (event.route.id?.startsWith('/(app)') && !backend.signedIn) {
		if (arrivesFromElsewhere(event.request)) return again();
		redirect(303, paths.login(event.url.pathname + event.url.search));
	}

	const response = await resolve(event, {
		transformPageChunk: ({ html }) => html.replace('%panel.theme%', event.locals.theme)
	});
	for (const [name, value] of Object.entries(securityHeaders)) response.headers.set(name, value);
	if (response.headers.get('content-type')?.startsWith('text/html')) {
		response.headers.set('cache-control', 'no-store');
	}
	return response;
};

export const handleError: HandleServerError = ({ error, kind, event }) => {
	if (error instanceof BackendError) {
		return {
			status: error.status,
			message: error.message,
			code: error.code,
			requestId: error.requestId || undefined
		};
	}
	if (kind === 'unknown') {
		const requestId = crypto.randomUUID();
		console.error(`[${requestId}] ${event.request.method} ${event.url.pathname}`, error);
		return {
			message: 'The page made a mistake. It has been written to the log.',
			code: 'internal',
			requestId
		};
	}
	return {};
};
