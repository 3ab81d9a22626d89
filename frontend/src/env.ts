import { defineEnvVars } from '@sveltejs/kit/env';

export const variables = defineEnvVars({
	VPS_PANEL_BACKEND_URL: {
		description: 'Where the back end listens, without a path. Default http://127.0.0.1:8080.',
		schema: (value: string | undefined): string => {
			const url = new URL(value || 'http://127.0.0.1:8080');
			if (url.protocol !== 'http:' && url.protocol !== 'https:') {
				throw new Error('VPS_PANEL_BACKEND_URL must begin with http:// or https://');
			}
			return url.origin;
		}
	}
});
