/** dockerd is dead: with the settings of tools/engine the apps go on answering on their loopback ports, and are not started anew. */
import { expect, test } from '@playwright/test';
import { OwnEngine } from './lib/own-engine.ts';
import { until } from './lib/until.ts';

const port = 22_001;
const app = "require('http').createServer((_, answer) => answer.end('here')).listen(3000, '0.0.0.0')";

test('apps answer while dockerd is dead and after it has come back', async () => {
	test.setTimeout(180_000);
	const engine = await OwnEngine.start(true);
	try {
		await engine.docker('network', 'create', 'apps');
		const run = ['run', '--detach', '--name', 'app', '--network', 'apps', '--restart', 'unless-stopped'];
		await engine.docker(...run, '--publish', `127.0.0.1:${port}:3000`, 'node:24-slim', 'node', '-e', app);
		const answers = () => engine.ask(port).then((text) => text === 'here');
		await until('the app answers', 30_000, () => answers().catch(() => false));
		const startedAt = () => engine.docker('inspect', 'app', '--format', '{{.State.StartedAt}}');
		const started = await startedAt();

		await engine.kill();
		for (let asked = 0; asked < 20; asked += 1) expect(await answers()).toBe(true);

		await engine.restart();
		for (let asked = 0; asked < 20; asked += 1) expect(await answers()).toBe(true);
		expect(await startedAt()).toBe(started);
	} finally {
		await engine.stop();
	}
});
