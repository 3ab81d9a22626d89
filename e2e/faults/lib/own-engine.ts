/**
 * A Docker engine for one test, beside the one of the machine: data, run files, socket and bridge of its own, and no firewall
 * rules, so that the other's stay as they are; or apart, in a network of its own, with the settings of tools/engine. It has the
 * base image. Needs root.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from '../../support/command.ts';
import { Child } from './child.ts';
import { Engine } from './engine.ts';
import { until } from './until.ts';

const startLimitMs = 60_000;
const bridge = 'pfaults0';
const network = 'pfaults';
const settings = fileURLToPath(new URL('../../../tools/engine.json', import.meta.url));
const addresses = ['--default-address-pool', 'base=10.213.0.0/17,size=24'];
const loopback = fileURLToPath(new URL('../../../tools/lib/loopback.sh', import.meta.url));
const within = (...words: string[]) => ['nsenter', `--net=/run/netns/${network}`, ...words];
const inNetwork = (...words: string[]) => command('nsenter', within(...words).slice(1));

async function makeBridge(): Promise<void> {
	await removeBridge().catch(() => undefined);
	await command('ip', ['link', 'add', 'name', bridge, 'type', 'bridge']);
	await command('ip', ['address', 'add', '10.213.255.1/24', 'dev', bridge]);
	await command('ip', ['link', 'set', bridge, 'up']);
}
const removeBridge = () => command('ip', ['link', 'delete', bridge]);

async function makeNetwork(): Promise<void> {
	await removeNetwork().catch(() => undefined);
	await command('ip', ['netns', 'add', network]);
	await command('ip', ['-n', network, 'link', 'set', 'lo', 'up']);
	await inNetwork('bash', '-euc', `source '${loopback}'; guard_loopback`);
}
const removeNetwork = () => command('ip', ['netns', 'delete', network]);

export class OwnEngine {
	readonly socket: string;
	readonly #folder: string;
	readonly #apart: boolean;
	#dockerd: Child;

	private constructor(folder: string, apart: boolean) {
		this.#folder = folder;
		this.#apart = apart;
		this.socket = join(folder, 'docker.sock');
		this.#dockerd = this.#launch();
	}

	static async start(apart = false): Promise<OwnEngine> {
		const folder = await mkdtemp(join(tmpdir(), 'panel-engine-'));
		await mkdir(join(folder, 'root'));
		await writeFile(join(folder, 'daemon.json'), '{}');
		await (apart ? makeNetwork() : makeBridge());
		const engine = new OwnEngine(folder, apart);
		await engine.answers();
		const image = join(folder, 'base.tar');
		await command('docker', ['save', '--output', image, 'node:24-slim']);
		await engine.docker('load', '--input', image);
		await rm(image);
		return engine;
	}

	/** Runs the docker program against this engine. */
	docker(...words: string[]): Promise<string> {
		return command('docker', ['--host', `unix://${this.socket}`, ...words]);
	}

	/** What a loopback port answers, where the engine is. */
	ask(port: number): Promise<string> {
		return inNetwork('curl', '-sS', '--max-time', '5', `http://127.0.0.1:${port}/`);
	}

	/** Runs a program where an engine that is apart is. */
	run(...words: string[]): Promise<string> {
		return inNetwork(...words);
	}

	/** As a crash of the engine: its containers go on. */
	async kill(): Promise<void> {
		await this.#dockerd.kill();
	}

	async restart(): Promise<void> {
		// The number in the file may be another program's by now.
		await rm(join(this.#folder, 'pid'), { force: true });
		await rm(join(this.#folder, 'exec', 'containerd', 'containerd.pid'), { force: true });
		this.#dockerd = this.#launch();
		await this.answers();
	}

	answers(): Promise<boolean> {
		return until('the engine of the test answers', startLimitMs, async () => {
			if (!this.#dockerd.alive) throw new Error('it ended');
			return (await new Engine(this.socket).send('GET', '/_ping')).status === 200;
		});
	}

	/** With every container in it. */
	async stop(): Promise<void> {
		const ids = (await this.docker('ps', '-aq').catch(() => '')).split('\n').filter(Boolean);
		if (ids.length) await this.docker('rm', '-f', ...ids).catch(() => undefined);
		await this.#dockerd.stop(30_000);
		await (this.#apart ? removeNetwork() : removeBridge()).catch(() => undefined);
		// dockerd leaves its data directory mounted on itself.
		await command('umount', ['--lazy', join(this.#folder, 'root')]).catch(() => undefined);
		await rm(this.#folder, { recursive: true, force: true });
	}

	#launch(): Child {
		const at = (name: string) => join(this.#folder, name);
		const common = [
			...['--host', `unix://${this.socket}`, '--data-root', at('root'), '--exec-root', at('exec')],
			...['--pidfile', at('pid'), ...addresses]
		];
		const beside = [
			...['--config-file', at('daemon.json'), '--live-restore', '--bridge', bridge],
			...['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false']
		];
		return new Child({
			argv: this.#apart
				? within('dockerd', '--config-file', settings, '--bip', '10.213.255.1/24', ...common)
				: ['dockerd', ...beside, ...common],
			log: at('dockerd.log')
		});
	}
}
