import adapter from '@sveltejs/adapter-node';
import { sveltekit } from '@sveltejs/kit/vite';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig } from 'vitest/config';
import { codeSplitting, leaveOut } from './tools/bundle.ts';

const backend = process.env.VPS_PANEL_BACKEND_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
	plugins: [
		tailwindcss(),
		leaveOut(),
		sveltekit({
			compilerOptions: {
				runes: ({ filename }) => (filename.split(/[/\\]/).includes('node_modules') ? undefined : true)
			},
			adapter: adapter({ precompress: true }),
			// No 'unsafe-inline' anywhere: components must not write style attributes during server rendering.
			csp: {
				mode: 'nonce',
				directives: {
					'default-src': ['none'],
					'script-src': ['self'],
					'style-src': ['self'],
					// The one style attribute of a page is Kit's own: it hides the element that tells screen readers of navigations.
					'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
					'img-src': ['self', 'data:'],
					'font-src': ['self'],
					'connect-src': ['self'],
					'manifest-src': ['self'],
					'base-uri': ['none'],
					'form-action': ['self'],
					'frame-ancestors': ['none']
				}
			}
		})
	],
	environments: {
		// Kit names in the HTML what a page needs; the few files of later pages need no list of their own in every page.
		client: { build: { modulePreload: false, rolldownOptions: { output: { codeSplitting } } } }
	},
	// In production the proxy in front sends /api to the back end; while developing Vite does.
	server: { proxy: { '/api': { target: backend, ws: true } } },
	test: { include: ['src/**/*.test.ts', 'tools/**/*.test.ts'], environment: 'node' }
});
