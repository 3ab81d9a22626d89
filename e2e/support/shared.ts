import { join } from 'node:path';

/**
 * What the global setup tells the tests, which run in other processes: through the environment that those inherit.
 */
export interface Shared {
	/** The panel's address, without a slash at the end: `http://localhost:41234`. */
	url: string;
	port: number;
	/** The panel's data directory; the value of the label on everything that it makes in Docker. */
	data: string;
	/** Where the repositories of the git server and their work trees lie. */
	gitRoot: string;
	gitPort: number;
	setupUrl: string;
}

const variable = 'PANEL_E2E_SHARED';

export function share(shared: Shared): void {
	process.env[variable] = JSON.stringify(shared);
}

export function shared(): Shared {
	const text = process.env[variable];
	if (!text) throw new Error('The stack has not been started: run the tests with `npx playwright test`.');
	return JSON.parse(text) as Shared;
}

export const administrator = {
	name: 'Lena Berg',
	email: 'lena@example.com',
	password: 'correct horse battery staple'
};

/** The signed-in session that journeys start with. */
export const sessionFile = join(import.meta.dirname, '..', 'test-results', 'session.json');
