/** The applications that journeys deploy: the back end's own fixture repositories, and small variations of them. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Files } from './repository.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'backend', 'tests', 'fixtures');

export type FixtureName = 'sveltekit-adapter-auto' | 'node-server' | 'static-html' | 'own-dockerfile';

export async function fixture(name: FixtureName): Promise<Files> {
	const root = join(fixtures, name);
	const files: Files = {};
	for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		const path = join(entry.parentPath, entry.name);
		files[relative(root, path)] = await readFile(path);
	}
	return files;
}

/** A page of the SvelteKit template that tells which commit it is from. Never built before: no cache may answer for it. */
export const sveltePage = (heading: string): Files => ({
	'src/routes/+page.svelte': `<h1>${heading}</h1>\n<p>Edit src/routes/+page.svelte</p>\n<!-- ${crypto.randomUUID()} -->\n`
});

/** Takes POSTs and answers with what it got: half of the visitors' requests go there. */
export const svelteEcho: Files = {
	'src/routes/echo/+server.ts': `import { text } from '@sveltejs/kit';

export const POST = async ({ request }) => text(await request.text());
`
};

/** A server of one file, without anything to install. */
export function nodeApp(source: string, scripts: Record<string, string> = {}): Files {
	const manifest = {
		name: 'small-app',
		version: '1.0.0',
		private: true,
		type: 'module',
		scripts: { start: 'node server.js', ...scripts }
	};
	return { 'package.json': `${JSON.stringify(manifest, null, 2)}\n`, 'server.js': source };
}

/** Answers every request with one expression of JavaScript, evaluated at each request. */
export const answering = (expression: string): string =>
	`import { createServer } from 'node:http';

const server = createServer((request, response) => response.end(String(${expression})));
server.listen(Number(process.env.PORT) || 3000, '0.0.0.0', () => console.log('listening'));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;
