import type { PlaywrightTestOptions, PlaywrightWorkerOptions } from '@playwright/test';

type Options = Partial<PlaywrightTestOptions & PlaywrightWorkerOptions>;

/** Debian's Chromium, told to keep to itself: no updates, no background requests, TCP only. */
export const chromium: Options = {
	browserName: 'chromium',
	viewport: { width: 1366, height: 900 },
	colorScheme: 'light',
	locale: 'en',
	timezoneId: 'UTC',
	launchOptions: {
		executablePath: process.env.PANEL_E2E_CHROMIUM ?? '/usr/bin/chromium',
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync'
		]
	}
};
