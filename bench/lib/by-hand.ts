/**
 * The work of a deployment without the panel: git, curl and the engine's API, as `by-hand.sh` does it. The build call and the
 * container have what the panel gives its own: labels that differ each time, limits, dropped capabilities.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../../e2e/support/command.ts';
import { now } from './clock.ts';

const script = join(import.meta.dirname, '..', 'by-hand.sh');
const binary =
	process.env.VPS_PANEL_BINARY ?? join(import.meta.dirname, '..', '..', 'build', 'release', 'vps-panel');
const socket = process.env.VPS_PANEL_DOCKER_SOCKET ?? '/var/run/docker.sock';
const containerPort = 3000;

const containerBody = (image: string, network: string, port: number, labels: object, greeting: string) => ({
	Image: image,
	Env: [`PORT=${containerPort}`, 'HOST=0.0.0.0', `GREETING=${greeting}`],
	Labels: labels,
	ExposedPorts: { [`${containerPort}/tcp`]: {} },
	HostConfig: {
		PidsLimit: 512,
		Ulimits: [{ Name: 'nofile', Soft: 16384, Hard: 16384 }],
		NetworkMode: network,
		IpcMode: 'private',
		CapDrop: ['ALL'],
		CapAdd: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID', 'NET_BIND_SERVICE', 'KILL'],
		SecurityOpt: ['no-new-privileges'],
		Init: true,
		RestartPolicy: { Name: 'unless-stopped' },
		LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
		PortBindings: { [`${containerPort}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(port) }] }
	}
});

export interface HandRun {
	totalMs: number;
	/** fetch, build, start, answer */
	partsMs: Record<string, number>;
}

export class ByHand {
	readonly #folder: string;
	readonly #address: string;
	readonly #label: string;
	readonly #ports: [number, number];
	readonly #network = `panel-bench-${process.pid}`;
	#count = 0;
	#previous: string | null = null;

	private constructor(folder: string, address: string, label: string, ports: [number, number]) {
		this.#folder = folder;
		this.#address = address;
		this.#label = label;
		this.#ports = ports;
	}

	/** `tree` holds the same files as the repository at `address`; `label` marks what is made, for `removeAll`. */
	static async prepare(
		folder: string,
		tree: string,
		address: string,
		label: string,
		ports: [number, number]
	): Promise<ByHand> {
		const hand = new ByHand(folder, address, label, ports);
		await mkdir(folder, { recursive: true });
		await command('git', ['init', '--quiet', '--bare', join(folder, 'mirror.git')]);
		await writeFile(join(folder, 'Dockerfile'), await command(binary, ['dockerfile', tree]));
		await command('docker', ['network', 'create', '--label', `vps-panel.data=${label}`, hand.#network]);
		return hand;
	}

	/** One deployment; the container before it goes on running, as it does while the panel works. */
	async deploy(): Promise<HandRun> {
		this.#count += 1;
		const number = this.#count;
		const name = `panel-bench-${process.pid}-${number}`;
		const image = `panel-bench/${process.pid}:d${number}`;
		const labels = { 'vps-panel.data': this.#label, 'vps-panel.deployment': String(number) };
		const port = this.#ports[number % 2] as number;
		const container = join(this.#folder, 'container.json');
		await writeFile(container, JSON.stringify(containerBody(image, this.#network, port, labels, name)));
		const query = new URLSearchParams({
			version: '2',
			rm: '1',
			dockerfile: 'panel/Dockerfile',
			t: image,
			buildid: name,
			labels: JSON.stringify(labels)
		});
		const began = now();
		const printed = await command(script, [], {
			env: {
				MIRROR: join(this.#folder, 'mirror.git'),
				ADDRESS: this.#address,
				DOCKERFILE: join(this.#folder, 'Dockerfile'),
				BUILD_QUERY: query.toString(),
				NAME: name,
				CONTAINER: container,
				PORT: String(port),
				SOCKET: socket,
				GIT_CONFIG_NOSYSTEM: '1',
				GIT_CONFIG_GLOBAL: '/dev/null'
			},
			timeoutMs: 15 * 60_000
		});
		const totalMs = now() - began;
		if (this.#previous) await command('docker', ['rm', '-f', this.#previous]);
		this.#previous = name;
		const parts = printed
			.trim()
			.split('\n')
			.map((line) => line.split(' ') as [string, string]);
		return { totalMs, partsMs: Object.fromEntries(parts.map(([part, ms]) => [part, Number(ms)])) };
	}

	async remove(): Promise<void> {
		if (this.#previous) await command('docker', ['rm', '-f', this.#previous]);
		for (let number = 1; number <= this.#count; number += 1) {
			await command('docker', ['rmi', '-f', `panel-bench/${process.pid}:d${number}`]).catch(() => undefined);
		}
		await command('docker', ['network', 'rm', this.#network]).catch(() => undefined);
	}
}
