/**
 * Global setup: the git server, then the whole panel by the script that everybody starts it with. What is returned is the
 * global teardown: it ends the panel, removes the containers and images of its apps, and keeps its logs for the curious.
 */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGitServer } from './git-server.ts';
import { command } from './support/command.ts';
import { removeAll } from './support/docker.ts';
import { share } from './support/shared.ts';

const panel = join(import.meta.dirname, '..', 'panel');
const keptLogs = join(import.meta.dirname, 'test-results', 'stack-logs');
/** A checkout that was never built is built first. */
const startLimitMs = 40 * 60_000;

/** Below those of a panel that serves real apps here, and another range for each run beside this one. */
const appPorts = 400;
const firstAppPort = 10_000 + (process.pid % 25) * appPorts;

export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}

/** Two runs that start at the same time would look for free ports in the same place, and one would meet the other's panel. */
async function reservePorts(data: string): Promise<void> {
	await mkdir(join(data, 'run'), { recursive: true });
	const [backend, page] = [await freePort(), await freePort()];
	await writeFile(join(data, 'run', 'ports.env'), `BACKEND_PORT=${backend}\nPAGE_PORT=${page}\n`);
}

async function startPanel(data: string, port: number, gitPort: number, options: string[]): Promise<void> {
	await reservePorts(data);
	await command(panel, ['up', '--data', data, '--port', String(port), '--detach', ...options], {
		timeoutMs: startLimitMs,
		env: {
			VPS_PANEL_PRIVATE_GIT_HOSTS: `127.0.0.1:${gitPort},localhost:${gitPort}`,
			VPS_PANEL_APP_PORTS: `${firstAppPort}-${firstAppPort + appPorts - 1}`,
			// Long enough for an app to start on a busy machine, short enough to wait for one that never listens.
			VPS_PANEL_HEALTH_TIMEOUT: '20s'
		}
	});
}

async function stopPanel(data: string): Promise<void> {
	await mkdir(keptLogs, { recursive: true });
	await cp(join(data, 'log'), keptLogs, { recursive: true }).catch(() => undefined);
	await command(panel, ['down', '--data', data, '--apps'], { timeoutMs: 120_000 });
	await removeAll(data);
}

export default function start(): Promise<() => Promise<void>> {
	return startStack([]);
}

/** With more options of `panel up`. */
export async function startStack(options: string[]): Promise<() => Promise<void>> {
	const folder = await mkdtemp(join(tmpdir(), 'panel-e2e-'));
	const data = join(folder, 'data');
	const gitRoot = join(folder, 'git');
	await mkdir(gitRoot);
	const git = await startGitServer(gitRoot);
	const stop = async () => {
		try {
			await stopPanel(data);
		} finally {
			await git.stop();
			await rm(folder, { recursive: true, force: true });
		}
	};
	try {
		const port = await freePort();
		await startPanel(data, port, git.port, options);
		const setupUrl = (await readFile(join(data, 'setup-url'), 'utf8')).trim();
		share({ url: `http://localhost:${port}`, port, data, gitRoot, gitPort: git.port, setupUrl });
	} catch (error) {
		await stop().catch(() => undefined);
		throw error;
	}
	return stop;
}
