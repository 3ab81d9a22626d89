/** The programs of backend/bench, built as the release is. */
import { join } from 'node:path';
import { command } from '../../e2e/support/command.ts';
import { root } from './stack.ts';

const folder = join(root, 'build', 'release');
const limitMs = 30 * 60_000;

export type BenchProgram = 'queue_bench' | 'database_bench';

export const programPath = (name: BenchProgram): string => join(folder, name);

export async function buildPrograms(): Promise<void> {
	const configure = ['--preset', 'release', '-S', join(root, 'backend'), '-B', folder, '-DPANEL_BENCH=ON'];
	await command('cmake', configure, { timeoutMs: limitMs });
	await command('ninja', ['-C', folder, 'queue_bench', 'database_bench'], { timeoutMs: limitMs });
}
