import js from '@eslint/js';
import globals from 'globals';
import ts from 'typescript-eslint';

export default ts.config(
	{ ignores: ['node_modules/'] },
	js.configs.recommended,
	...ts.configs.strict,
	{
		languageOptions: {
			globals: globals.node,
			parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js', 'apps/echo/server.js'] } }
		},
		rules: {
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
			// A forgotten await measures nothing.
			'@typescript-eslint/no-floating-promises': 'error'
		}
	},
	// The test runner awaits its tests itself.
	{ files: ['**/*.test.ts'], rules: { '@typescript-eslint/no-floating-promises': 'off' } }
);
