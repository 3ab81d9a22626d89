import js from '@eslint/js';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
	{ ignores: ['node_modules/', 'test-results/'] },
	js.configs.recommended,
	...ts.configs.strict,
	{
		languageOptions: {
			globals: { ...globals.node, ...globals.browser },
			parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js'] } }
		},
		rules: {
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
			// A forgotten await is a test that cannot fail.
			'@typescript-eslint/no-floating-promises': 'error',
			// Playwright's fixtures take their dependencies as an object pattern, empty where there is none.
			'no-empty-pattern': 'off'
		}
	},
	{
		// Tests wait for states, never for a time.
		files: ['journeys/**', 'pages/**', 'screenshots/**'],
		rules: {
			'no-restricted-syntax': [
				'error',
				{ selector: "CallExpression[callee.property.name='waitForTimeout']", message: 'Wait for a state.' },
				{ selector: "CallExpression[callee.name='setTimeout']", message: 'Wait for a state.' }
			]
		}
	}
);
