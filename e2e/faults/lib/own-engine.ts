/**
 * A Docker engine for one test, beside the one of the machine: data, run files, socket and bridge of its own, and no firewall
 * rules, so that the other's stay as they are. It has the base image. Needs root.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../../support/command.ts';
import { Child } from './child.ts';
import { Engine } from './engine.ts';
import { until } from './until.ts';

const startLimitMs = 60_000;
const bridge = 'pfaults0';

export class OwnEngine {
	readonly socket: string;
	readonly #folder: string;
	#dockerd: Child;

	private constructor(folder: string) {
		this.#folder = folder;
		this.socket = join(folder, 'docker.sock');
		this.#dockerd = this.#launch();
	}

	static async start(): Promise<OwnEngine> {
		const folder = await mkdtemp(join(tmpdir(), 'panel-engine-'));
		await mkdir(join(folder, 'root'));
		await writeFile(join(folder, 'daemon.json'), '{}');
		await command('ip', ['link', 'delete', bridge]).catch(() => undefined);
		await command('ip', ['link', 'add', 'name', bridge, 'type', 'bridge']);
		await command('ip', ['address', 'add', '10.213.255.1/24', 'dev', bridge]);
		await command('ip', ['link', 'set', bridge, 'up']);
		const engine = new OwnEngine(folder);
		await engine.answers();
		const image = join(folder, 'base.tar');
		await command('docker', ['save', '--output', image, 'node:24-slim']);
		await command('docker', ['--host', `unix://${engine.socket}`, 'load', '--input', image]);
		await rm(image);
		return engine;
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
		const docker = (...words: string[]) => command('docker', ['--host', `unix://${this.socket}`, ...words]);
		const ids = (await docker('ps', '-aq').catch(() => '')).split('\n').filter(Boolean);
		if (ids.length) await docker('rm', '-f', ...ids).catch(() => undefined);
		await this.#dockerd.stop(30_000);
		await command('ip', ['link', 'delete', bridge]).catch(() => undefined);
		// dockerd leaves its data directory mounted on itself.
		await command('umount', ['--lazy', join(this.#folder, 'root')]).catch(() => undefined);
		await rm(this.#folder, { recursive: true, force: true });
	}

	#launch(): Child {
		const at = (name: string) => join(this.#folder, name);
		return new Child({
			argv: [
				...[
					'dockerd',
					'--config-file',
					at('daemon.json'),
					'--host',
					`unix://${this.socket}`,
					'--live-restore'
				],
				...['--data-root', at('root'), '--exec-root', at('exec'), '--pidfile', at('pid'), '--bridge', bridge],
				...['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false'],
				...['--default-address-pool', 'base=10.213.0.0/17,size=24']
			],
			log: at('dockerd.log')
		});
	}
}
