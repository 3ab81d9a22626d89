/** The back end from nothing, and again after a change of one handler: a copy of the sources, no compiler cache. */
import { cp, mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from '../../e2e/support/command.ts';
import type { Figure } from '../lib/bench.ts';
import { now } from '../lib/clock.ts';
import { root } from '../lib/stack.ts';

const touched = join('src', 'api', 'handlers', 'project.cpp');
const limitMs = 60 * 60_000;
const uncached = { CCACHE_DISABLE: '1' };

async function timed(work: () => Promise<unknown>): Promise<number> {
	const began = now();
	await work();
	return (now() - began) / 1000;
}

export const build: Figure = async (bench) => {
	const folder = await mkdtemp(join(tmpdir(), 'panel-build-'));
	const source = join(folder, 'backend');
	const cmake = (...args: string[]) =>
		command('cmake', args, { cwd: source, env: uncached, timeoutMs: limitMs });
	const build = () => cmake('--build', join(folder, 'build', 'release'), '--target', 'vps-panel');
	try {
		await cp(join(root, 'backend'), source, { recursive: true });
		bench.say('  configuring and building');
		const configure = await timed(() => cmake('--preset', 'release'));
		const clean = await timed(build);
		await utimes(join(source, touched), new Date(), new Date());
		const again = await timed(build);
		return [
			{
				name: 'clean build of the back end (release, no compiler cache)',
				value: clean / 60,
				unit: 'min',
				target: { atMost: 6 },
				command: 'cmake --preset release; CCACHE_DISABLE=1 cmake --build <empty> --target vps-panel',
				detail: { configure_s: configure, build_s: clean }
			},
			{
				name: 'build after touching one handler',
				value: again,
				unit: 's',
				target: { atMost: 15 },
				command: `touch backend/${touched}; CCACHE_DISABLE=1 cmake --build <build> --target vps-panel`
			}
		];
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
};
