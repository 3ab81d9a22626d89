/** A bad release never takes the site down: visitors get the one before, the record says why. */
import { nodeApp } from '../support/apps.ts';
import type { Files } from '../support/repository.ts';
import { says } from './lib/apps.ts';
import { expect, test } from './lib/fixture.ts';

const bad: { name: string; files: Files; reason: RegExp }[] = [
	{
		name: 'ends at once with an error',
		files: nodeApp("console.log('no database');\nprocess.exit(3);\n"),
		reason: /no database|exit/i
	},
	{ name: 'ends at once without an error', files: nodeApp('process.exit(0);\n'), reason: /ended|exit/i },
	{
		name: 'crashes again and again after it has begun to listen',
		files: nodeApp(
			"import { createServer } from 'node:http';\ncreateServer((request, response) => { response.statusCode = 500; response.end(); setTimeout(() => process.exit(1), 50); }).listen(Number(process.env.PORT), '0.0.0.0');\n"
		),
		reason: /ended|exit|500/i
	},
	{ name: 'never listens', files: nodeApp('setInterval(() => undefined, 1000);\n'), reason: /listen|port/i },
	{
		name: 'listens and never answers',
		files: nodeApp(
			"import { createServer } from 'node:net';\ncreateServer(() => undefined).listen(Number(process.env.PORT), '0.0.0.0');\n"
		),
		reason: /answer/i
	},
	{
		name: 'answers 500',
		files: nodeApp(
			"import { createServer } from 'node:http';\ncreateServer((request, response) => { response.statusCode = 500; response.end('broken'); }).listen(Number(process.env.PORT), '0.0.0.0');\n"
		),
		reason: /500/
	}
];

test('releases that crash, hang or answer 500 leave the one before in place', async ({ rig }) => {
	test.setTimeout(240_000);
	const app = await rig.app('steadfast', says('good'));
	for (const { name, files, reason } of bad) {
		await rig.push(app, files, name);
		const ended = await rig.api.deploy(app.project.id);
		expect(ended.status, name).toBe('failed');
		expect(ended.error_message, name).toMatch(reason);
	}
	expect(app.visitors?.said).toEqual(['good']);
	expect(await rig.holds()).toEqual([]);

	await rig.push(app, says('better'), 'Better');
	expect((await rig.api.deploy(app.project.id)).status).toBe('success');
	await expect.poll(() => app.visitors?.said).toEqual(['good', 'better']);
	expect(await rig.holds()).toEqual([]);
});

test('a release that is slow to start and one whose health flaps go live without a failed request', async ({
	rig
}) => {
	const app = await rig.app('patient', says('before'));
	const slow = `import { createServer } from 'node:http';
setTimeout(() => createServer((request, response) => response.end('slow')).listen(Number(process.env.PORT), '0.0.0.0'), 3000);
`;
	await rig.push(app, nodeApp(slow), 'Slow');
	expect((await rig.api.deploy(app.project.id)).status).toBe('success');
	// Not ready for its first three requests, as an app that warms up.
	const flapping = `import { createServer } from 'node:http';
let asked = 0;
createServer((request, response) => { asked += 1; response.statusCode = asked <= 3 ? 503 : 200; response.end('warm'); }).listen(Number(process.env.PORT), '0.0.0.0');
`;
	await rig.push(app, nodeApp(flapping), 'Flapping');
	expect((await rig.api.deploy(app.project.id)).status).toBe('success');
	await expect.poll(() => app.visitors?.said).toEqual(['before', 'slow', 'warm']);
	expect(await rig.holds()).toEqual([]);
});
