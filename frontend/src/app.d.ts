import type { Backend } from '#lib/server/backend.ts';

declare global {
	namespace App {
		interface Error {
			/** The back end's stable word for the kind of error, such as `not_found` or `unavailable`. */
			code?: string;
			/** To be quoted when asking the administrator what happened. */
			requestId?: string;
		}
		interface Locals {
			backend: Backend;
			theme: 'dark' | 'light' | '';
		}
	}
}

export {};
