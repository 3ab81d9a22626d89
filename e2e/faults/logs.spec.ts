/** Builds and apps that print what nobody should: bounded, told, and nobody else is disturbed. */
import { nodeApp } from '../support/apps.ts';
import { says } from './lib/apps.ts';
import { expect, test } from './lib/fixture.ts';

const logLimitBytes = 50 * 1024 * 1024;
const memoryLimitBytes = 400 * 1024 * 1024;

async function memoryOf(pid: number): Promise<number> {
	const { readFile } = await import('node:fs/promises');
	return Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

test('a build that prints a line of 100 MB, NUL and bytes that are no text ends well within bounds', async ({
	rig
}) => {
	const build = `const piece = 'x'.repeat(1024 * 1024);
for (let n = 0; n < 100; n += 1) process.stdout.write(piece);
process.stdout.write('\\n');
process.stdout.write(Buffer.from([0x00, 0xff, 0xfe, 0xc3, 0x28, 0x0a]));
console.log('printed all of it');
`;
	const app = await rig.newApp('flood', {
		...nodeApp(
			"import { createServer } from 'node:http';\ncreateServer((request, response) => response.end('dry')).listen(Number(process.env.PORT), '0.0.0.0');\n",
			{ build: 'node build.js' }
		),
		'build.js': build
	});
	const quiet = await rig.app('quiet', says('r0'));
	const ended = await rig.api.deploy(app.project.id);
	expect(ended.status, ended.error_message ?? '').toBe('success');
	expect(await memoryOf(rig.panel.child('all').pid)).toBeLessThan(memoryLimitBytes);
	const answer = await rig.api.send('GET', `/deployments/${ended.id}/log?offset=0`);
	const text = Buffer.from(await answer.arrayBuffer());
	expect(text.length).toBeLessThan(logLimitBytes + 1024 * 1024);
	expect(text.includes(0), 'NUL').toBe(false);
	expect(() => new TextDecoder('utf-8', { fatal: true }).decode(text)).not.toThrow();
	expect((await rig.api.deploy(quiet.project.id)).status).toBe('success');
	expect(await rig.holds()).toEqual([]);
});

test('an app that floods its log goes live, and its log is answered within bounds', async ({ rig }) => {
	const app = await rig.app('torrent', {
		...nodeApp(`import { createServer } from 'node:http';
createServer((request, response) => response.end('wet')).listen(Number(process.env.PORT), '0.0.0.0');
const line = 'y'.repeat(8000) + '\\n';
let left = 4000;
const pour = () => { if (left-- > 0) process.stdout.write(line, pour); };
pour();
process.stdout.write(Buffer.from([0x00, 0xff, 0xfe, 0x0a]));
`)
	});
	const answer = await rig.api.send('GET', `/projects/${app.project.id}/logs?tail=500`);
	expect(answer.status).toBe(200);
	expect((await answer.arrayBuffer()).byteLength).toBeLessThan(logLimitBytes);
	expect(await memoryOf(rig.panel.child('all').pid)).toBeLessThan(memoryLimitBytes);
	expect(await rig.holds()).toEqual([]);
});
