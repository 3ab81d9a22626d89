/**
 * What must never happen while somebody uses the page: errors on the console (violations of the security policy are told there
 * as well), uncaught errors, answers of 500 and above from the panel.
 */
import { expect, type BrowserContext } from '@playwright/test';
import { shared } from './shared.ts';
import { networkChanged } from './steady.ts';

/** The browser's own note that a form was refused: journeys that provoke a refusal allow it. */
export const refusedForm = /status of 4\d\d/;

/** A Caddy that takes new sites closes open WebSockets itself, and passes the back end's answer to that on as a second close. */
const closedByCaddy = /WebSocket connection to .* failed: Close received after close/;

const scriptLost = /^uncaught: Failed to fetch dynamically imported module/;

export class Problems {
	readonly #seen: string[] = [];
	readonly #allowed: RegExp[] = [networkChanged, closedByCaddy];

	watch(context: BrowserContext): void {
		context.on('console', (message) => {
			// What a deployed app writes is its own affair.
			if (!message.page()?.url().startsWith(shared().url)) return;
			if (message.type() !== 'error' && !/content security policy/i.test(message.text())) return;
			this.#seen.push(`${message.page()?.url() ?? ''}: ${message.text()} (${message.location().url})`);
		});
		context.on('weberror', (error) => this.#seen.push(`uncaught: ${error.error().message}`));
		context.on('response', (response) => {
			if (response.status() < 500 || !response.url().startsWith(shared().url)) return;
			this.#seen.push(`${response.status()} ${response.request().method()} ${response.url()}`);
		});
	}

	/** For a journey that provokes it: an address that answers 404, a connection that is cut. */
	allow(pattern: RegExp): void {
		this.#allowed.push(pattern);
	}

	check(): void {
		// A script that was lost to a changed network is missed by the one that imports it.
		if (this.#seen.some((text) => networkChanged.test(text))) this.allow(scriptLost);
		const unexpected = this.#seen.filter((text) => !this.#allowed.some((pattern) => pattern.test(text)));
		expect(unexpected, 'errors on the console, uncaught errors, answers of 500 and above').toEqual([]);
	}
}
