/** Finding out how a repository of 10,000 files is built: the whole process, from its start to the printed plan. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { command } from '../../e2e/support/command.ts';
import { fixture } from '../../e2e/support/apps.ts';
import type { Figure } from '../lib/bench.ts';
import { now } from '../lib/clock.ts';
import { root } from '../lib/stack.ts';
import { median } from '../lib/stats.ts';

const binary = process.env.VPS_PANEL_BINARY ?? join(root, 'build', 'release', 'vps-panel');
const fileCount = 10_000;
const filesPerFolder = 40;

/** The SvelteKit fixture with modules beside it, as a large app has them. */
async function writeTree(folder: string): Promise<void> {
	const files = await fixture('sveltekit-adapter-auto');
	const modules = fileCount - Object.keys(files).length;
	for (let index = 0; index < modules; index += 1) {
		const area = Math.floor(index / filesPerFolder);
		files[`src/lib/area-${area % 16}/part-${area}/module-${index}.ts`] = `export const value = ${index};\n`;
	}
	for (const folderName of new Set(Object.keys(files).map(dirname))) {
		await mkdir(join(folder, folderName), { recursive: true });
	}
	for (const [path, content] of Object.entries(files)) await writeFile(join(folder, path), content ?? '');
}

export const detect: Figure = async (bench) => {
	const folder = await mkdtemp(join(tmpdir(), 'panel-detect-'));
	try {
		await writeTree(folder);
		const samples: number[] = [];
		for (let run = 0; run < (bench.options.quick ? 5 : 25); run += 1) {
			const began = now();
			const plan = JSON.parse(await command(binary, ['detect', folder, '--json'])) as { framework: string };
			samples.push(now() - began);
			if (plan.framework !== 'sveltekit') throw new Error(`The tree was taken for ${plan.framework}.`);
		}
		return [
			{
				name: `detection of a tree of ${fileCount.toLocaleString('en')} files (whole process)`,
				value: median(samples),
				unit: 'ms',
				target: null,
				command: 'vps-panel detect DIR --json',
				detail: { samples_ms: samples }
			}
		];
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
};
