/** Where and when: without it no figure means anything. */
import { cpus, loadavg, release, totalmem } from 'node:os';
import { readFile } from 'node:fs/promises';
import { command } from '../../e2e/support/command.ts';

const first = (text: string) => text.split('\n')[0]?.trim() ?? '';
const ask = (program: string, ...args: string[]) => command(program, args).then(first, () => 'unknown');

export async function describeMachine(root: string): Promise<Record<string, unknown>> {
	const os = await readFile('/etc/os-release', 'utf8');
	return {
		date: new Date().toISOString(),
		commit: await ask('git', '-C', root, 'rev-parse', '--short', 'HEAD'),
		system: /^PRETTY_NAME="(.*)"$/m.exec(os)?.[1] ?? 'unknown',
		kernel: release(),
		processor: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
		memory_gb: Math.round(totalmem() / 2 ** 30),
		docker: await ask('docker', 'version', '--format', '{{.Server.Version}}'),
		docker_storage: await ask('docker', 'info', '--format', '{{.Driver}}'),
		caddy: await ask('caddy', 'version'),
		git: await ask('git', '--version'),
		compiler: await ask('clang++-19', '--version'),
		load_at_start: loadavg()
	};
}
