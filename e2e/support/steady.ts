/**
 * Chromium ends its requests with ERR_NETWORK_CHANGED whenever a network interface comes or goes, and on this machine every
 * container that starts brings one. People's browsers run elsewhere: an address whose load was hit by it is loaded again.
 */
import type { Page } from '@playwright/test';

export const networkChanged = /net::ERR_NETWORK_CHANGED/;
const mostAttempts = 4;

export function keepSteady(page: Page): void {
	let hits = 0;
	page.on('requestfailed', (request) => {
		if (networkChanged.test(request.failure()?.errorText ?? '')) hits += 1;
	});
	const goto = page.goto.bind(page);
	page.goto = async (url, options) => {
		for (let attempt = 1; ; attempt += 1) {
			hits = 0;
			try {
				const response = await goto(url, options);
				if (hits === 0 || attempt === mostAttempts) return response;
			} catch (error) {
				if (!networkChanged.test(String(error)) || attempt === mostAttempts) throw error;
			}
		}
	};
}
