/** How the browser's code is cut: few files that compress well, instead of thirty small ones for each page. */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

const inLib = (...parts: string[]) => new RegExp(`/src/lib/(?:${parts.join('|')})`);

export const codeSplitting = {
	groups: [
		{
			name: 'runtime',
			// Kit looks for its own entries by name: they stay where they are.
			test: /vite\/preload-helper|\/node_modules\/(?:svelte|devalue|esm-env|@sveltejs\/kit\/(?!src\/runtime\/client\/(?:entry|client-entry|payload)\.js))/,
			priority: 4
		},
		// What every page has, the sign-in page included.
		{
			name: 'basis',
			test: inLib(
				'paths\\.ts',
				'components/ui/(?:Notice|StatusDot)',
				'components/shell/(?:StatusHead|Wordmark)'
			),
			priority: 3
		},
		// What every page behind the sign-in has.
		{
			name: 'shell',
			test: inLib(
				'(?:format|status|trigger)\\.ts',
				'state/(?:clock|connection|deployments|questions|toasts)',
				'components/ui/(?:Card|Icon|Meter|Pill)',
				'components/shell/(?:Sidebar|BottomBar|ServerGauge|ThemeToggle|navigation)'
			),
			priority: 2
		},
		// What the pages of one project share.
		{
			name: 'project',
			test: inLib('components/deployment/ActionForm', 'components/ui/Tabs'),
			priority: 1
		}
	]
};

/** What the browser never runs, yet bundlers cannot see that: by the end of a module's path, what takes its place. */
const leftOut: Record<string, string> = {
	// Kit's client imports all of devalue; the part that writes JavaScript source text is the server's.
	'/devalue/src/uneval.js': `export function uneval() { throw new Error('Source text is written on the server only.'); }`,
	// The browser writes nothing but the (plain) state of history entries.
	'/devalue/src/stringify.js': readFileSync(new URL('./small-stringify.js', import.meta.url), 'utf8'),
	// It would wait for the styles of a chunk; all styles are in the first page.
	'vite/preload-helper.js': `export const __vitePreload = (load) => load();`,
	// No component here is a custom element.
	'/svelte/src/internal/client/dom/elements/custom-element.js': `export let SvelteElement; export function create_custom_element() { throw new Error('There are no custom elements.'); }`
};

/** Saves 5 KB on every page. The build fails when a module is no longer where it was, so that nobody relies on nothing. */
export function leaveOut(): Plugin {
	const missing = new Set(Object.keys(leftOut));
	return {
		name: 'leave-out',
		enforce: 'pre',
		apply: 'build',
		applyToEnvironment: (environment) => environment.name === 'client',
		transform(_code, id) {
			const path = Object.keys(leftOut).find((end) => id.split('?')[0]?.endsWith(end));
			if (!path) return null;
			missing.delete(path);
			return leftOut[path];
		},
		buildEnd(error) {
			if (!error && missing.size > 0) this.error(`Not found, nothing left out: ${[...missing].join(', ')}`);
		}
	};
}
