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

interface Spent {
	seconds: number;
	/** Of all processes together, user and system: what else the machine does hardly changes it. */
	processorSeconds: number;
}

/** Bash counts what its children used; Node does not. */
const counting = `"$@" >&2 && times`;

async function timed(folder: string, words: string[]): Promise<Spent> {
	const began = now();
	const printed = await command('bash', ['-c', counting, 'bash', ...words], {
		cwd: folder,
		env: uncached,
		timeoutMs: limitMs
	});
	const seconds = (now() - began) / 1000;
	// `times` prints user and system time of the shell, then of its children: 1m2.345s 0m6.789s
	const children = printed.trim().split('\n').at(-1) ?? '';
	const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
	if (parts.length !== 2) throw new Error(`The shell did not say what the build used: ${printed}`);
	const processorSeconds = parts.reduce(
		(sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest),
		0
	);
	return { seconds, processorSeconds };
}

export const build: Figure = async (bench) => {
	const folder = await mkdtemp(join(tmpdir(), 'panel-build-'));
	const source = join(folder, 'backend');
	const build = () =>
		timed(source, ['cmake', '--build', join(folder, 'build', 'release'), '--target', 'vps-panel']);
	try {
		await cp(join(root, 'backend'), source, { recursive: true });
		bench.say('  configuring and building');
		const configure = await timed(source, ['cmake', '--preset', 'release']);
		const clean = await build();
		await utimes(join(source, touched), new Date(), new Date());
		const again = await build();
		return [
			{
				name: 'clean build of the back end (release, no compiler cache)',
				value: clean.seconds / 60,
				unit: 'min',
				target: { atMost: 6 },
				command: 'cmake --preset release; CCACHE_DISABLE=1 cmake --build <empty> --target vps-panel',
				detail: { configure, build: clean }
			},
			{
				name: 'processor time of it',
				value: clean.processorSeconds / 60,
				unit: 'min',
				target: null,
				command: 'times'
			},
			{
				name: 'build after touching one handler',
				value: again.seconds,
				unit: 's',
				target: { atMost: 15 },
				command: `touch backend/${touched}; CCACHE_DISABLE=1 cmake --build <build> --target vps-panel`
			}
		];
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
};
