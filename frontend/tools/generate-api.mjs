/**
 * Writes src/lib/api.d.ts from the back end's OpenAPI document.
 * Usage: vps-panel openapi > openapi.json && npm run generate:api -- openapi.json   (or OPENAPI=openapi.json)
 * With --check nothing is written; it fails when the file would change.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTypescript, { astToString } from 'openapi-typescript';

const target = 'src/lib/api.d.ts';
const words = process.argv.slice(2);
const check = words.includes('--check');
const source = words.find((word) => !word.startsWith('--')) ?? process.env.OPENAPI;
if (!source) {
	console.error('Say where the OpenAPI document is: npm run generate:api -- openapi.json');
	process.exit(2);
}
const types = astToString(await openapiTypescript(pathToFileURL(resolve(source))));
const text = `/** Generated from the back end's OpenAPI document by \`npm run generate:api\`. Do not edit. */\n${types}`;
if (check) {
	if (readFileSync(target, 'utf8') !== text) {
		console.error(`${target} is not what the OpenAPI document says: npm run generate:api -- ${source}`);
		process.exit(1);
	}
} else {
	writeFileSync(target, text);
	console.log(`Wrote ${target}.`);
}
