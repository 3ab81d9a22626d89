/**
 * Measures what a browser has to load for each route: the entry, the layouts and the page with all their static imports,
 * gzipped. Reads the build; fails when a route is over its budget. Usage: npm run build && npm run budget
 */
import { readFileSync, existsSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const limitKilobytes = (route) => (route.includes('(auth)/login') ? 44 : 52);

const output = '.svelte-kit/output';
const client = join(output, 'client');
const manifestFile = join(client, '.vite/manifest.json');
if (!existsSync(manifestFile)) {
	console.error('There is no build to measure: npm run build');
	process.exit(2);
}
const chunks = JSON.parse(readFileSync(manifestFile, 'utf8'));
const { manifest } = await import(pathToFileURL(join(process.cwd(), output, 'server/manifest-full.js')).href);

const sizes = new Map();
const sizeOf = (file) => {
	if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(join(client, file)), { level: 9 }).length);
	return sizes.get(file);
};

const byFile = new Map(Object.entries(chunks).map(([key, chunk]) => [chunk.file, key]));

/** All files that the chunk imports statically, itself included. */
function closure(key, seen = new Set()) {
	const chunk = chunks[key];
	if (!chunk || seen.has(chunk.file)) return seen;
	seen.add(chunk.file);
	for (const next of chunk.imports ?? []) closure(next, seen);
	return seen;
}

const keyOfNode = (index) =>
	Object.keys(chunks).find((key) => new RegExp(`(^|/)nodes/${index}\\.js$`).test(key)) ??
	[...byFile].find(([file]) => file.includes(`/nodes/${index}.`))?.[1];
const entries = Object.keys(chunks).filter((key) =>
	/(^|\/)(entry\.js|start\.js|app\.js|payload\.js)$/.test(key)
);
if (entries.length === 0) throw new Error('The build has no entry: has its layout changed?');

let over = 0;
const rows = [];
for (const route of manifest.routes) {
	if (!route.page) continue;
	const nodes = [...route.page.layouts, route.page.leaf].filter((index) => index !== undefined);
	const files = new Set();
	for (const key of [...entries, ...nodes.map(keyOfNode)]) closure(key, files);
	const kilobytes =
		[...files].filter((file) => file.endsWith('.js')).reduce((sum, file) => sum + sizeOf(file), 0) / 1024;
	const limit = limitKilobytes(route.id);
	if (kilobytes > limit) over += 1;
	rows.push([route.id, kilobytes, limit]);
}
for (const [id, kilobytes, limit] of rows.sort((a, b) => b[1] - a[1])) {
	console.log(
		`${kilobytes > limit ? 'OVER ' : '     '}${kilobytes.toFixed(1).padStart(6)} of ${limit} KB  ${id}`
	);
}
if (over > 0) {
	console.error(`${over} of ${rows.length} routes are over their budget.`);
	process.exit(1);
}
