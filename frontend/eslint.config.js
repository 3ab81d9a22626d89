import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

/** One arrow of the drawing: files of `from` may not import what matches `never`. */
const arrow = (files, never, message, allow = []) => ({
	files,
	ignores: allow,
	rules: {
		'no-restricted-imports': ['error', { patterns: [{ regex: never, message }] }]
	}
});

export default ts.config(
	{ ignores: ['build/', '.svelte-kit/', 'node_modules/', 'src/lib/api.d.ts'] },
	js.configs.recommended,
	...ts.configs.strict,
	...svelte.configs.recommended,
	{
		languageOptions: { globals: { ...globals.browser, ...globals.node } },
		rules: {
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
			'@typescript-eslint/no-invalid-void-type': 'off',
			// Log and file text must never become markup.
			'svelte/no-at-html-tags': 'error',
			// Addresses come from lib/paths.ts, and the page is never served below a prefix.
			'svelte/no-navigation-without-resolve': 'off',
			'svelte/no-useless-mustaches': 'off'
		}
	},
	{
		files: ['**/*.svelte', '**/*.svelte.ts'],
		languageOptions: { parserOptions: { parser: ts.parser } },
		// The compiler knows what a template uses.
		rules: {
			'no-undef': 'off',
			// Maps and sets that nothing renders stay plain: reactive ones cost for each entry.
			'svelte/prefer-svelte-reactivity': 'off'
		}
	},
	// components/ui -> nothing of ours
	arrow(
		['src/lib/components/ui/**'],
		'^#lib/(?!components/ui/)|^\\.\\./\\.\\.|^\\$app',
		'Parts of components/ui know no domain words: give them what they need as properties.'
	),
	// components -> ui, state, pure modules; never the server's side, never routes
	arrow(
		['src/lib/components/{project,deployment,domain,environment,log,machine,shell}/**'],
		'^#lib/server/|/routes/',
		'Components get their data as properties; only *.server.ts may call lib/server.'
	),
	// state -> pure modules
	arrow(
		['src/lib/state/**'],
		'^#lib/(components|server)/|/routes/',
		'State knows no components and nothing of the server.'
	),
	// lib/server -> types and pure modules
	arrow(
		['src/lib/server/**'],
		'^#lib/(components|state)/|/routes/',
		'The server side knows no components and no browser state.'
	),
	// pure modules -> pure modules
	arrow(
		['src/lib/*.ts', 'src/lib/log/**'],
		'^#lib/(components|state|server)/|^\\./(components|state|server)/|/routes/|^\\$app',
		'This module is pure: it imports only its like.'
	)
);
