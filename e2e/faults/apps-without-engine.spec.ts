/** dockerd is dead: with the settings of tools/engine the apps go on answering on their loopback ports, and are not started anew. */
import { expect, test } from '@playwright/test';
import { command } from '../support/command.ts';
import { OwnEngine } from './lib/own-engine.ts';
import { until } from './lib/until.ts';

const port = 22_001;
const app = "require('http').createServer((_, answer) => answer.end('here')).listen(3000, '0.0.0.0')";

/** As root in the container's network, where 127.0.0.1 is made to lie behind its gateway. */
async function reachesNothing(engine: OwnEngine): Promise<void> {
	const pid = (await engine.docker('inspect', 'app', '--format', '{{.State.Pid}}')).trim();
	const inContainer = (...words: string[]) => command('nsenter', ['--net', `--target=${pid}`, ...words]);
	const dropped = async () => {
		const rules = await engine.run('iptables', '-t', 'raw', '-L', 'PREROUTING', '-v', '-n', '-x');
		return Number(/^\s*(\d+).*DROP/m.exec(rules)?.[1]);
	};
	const [, , gateway = ''] = (await inContainer('ip', 'route', 'show', 'default')).split(' ');
	for (const own of ['127.0.0.0/8', '127.0.0.1'])
		await inContainer('ip', 'route', 'delete', 'table', 'local', 'local', own, 'dev', 'lo');
	await inContainer('sysctl', '-qw', 'net.ipv4.conf.all.route_localnet=1');
	await inContainer('ip', 'route', 'add', '127.0.0.1', 'via', gateway);
	expect(await dropped()).toBe(0);
	const asked = inContainer('curl', '-sS', '--max-time', '2', `http://127.0.0.1:${port}/`);
	await expect(asked).rejects.toThrow(/timed out/);
	expect(await dropped()).toBeGreaterThan(0);
}

test('apps answer while dockerd is dead and after it has come back', async () => {
	test.setTimeout(180_000);
	const engine = await OwnEngine.start(true);
	try {
		await engine.docker('network', 'create', 'apps');
		const run = ['run', '--detach', '--name', 'app', '--network', 'apps', '--restart', 'unless-stopped'];
		await engine.docker(...run, '--publish', `127.0.0.1:${port}:3000`, 'node:24-slim', 'node', '-e', app);
		const answers = () => engine.ask(port).then((text) => text === 'here');
		await until('the app answers', 30_000, () => answers().catch(() => false));
		await test.step('a container that crafts packets reaches nothing on the loopback of the server', () =>
			reachesNothing(engine));
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
