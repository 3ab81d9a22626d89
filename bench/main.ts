/** Measures the figures that were asked for, prints the table, writes the JSON. */
import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from './figures/build.ts';
import { deploy } from './figures/deploy.ts';
import { detect } from './figures/detect.ts';
import { lists } from './figures/lists.ts';
import { memory } from './figures/memory.ts';
import { queue } from './figures/queue.ts';
import { requests } from './figures/requests.ts';
import { rollback } from './figures/rollback.ts';
import { start } from './figures/start.ts';
import { switches } from './figures/switches.ts';
import { webhook } from './figures/webhook.ts';
import { Bench, type Figure } from './lib/bench.ts';
import { describeMachine } from './lib/machine.ts';
import { help, parseOptions, type FigureName, type Options } from './lib/options.ts';
import { isMet, table, type Row } from './lib/report.ts';
import { root } from './lib/stack.ts';

const figures: Record<FigureName, Figure> = {
	start,
	detect,
	memory,
	deploy,
	rollback,
	webhook,
	switches,
	requests,
	lists,
	queue,
	build
};

/** With its causes: "fetch failed" alone says nothing. */
function reasonOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	return error.cause === undefined ? error.message : `${error.message} (${reasonOf(error.cause)})`;
}

/** One figure that cannot be made does not cost the others. */
async function measure(bench: Bench, name: FigureName): Promise<Row[]> {
	bench.say(`measuring: ${name}`);
	try {
		return await figures[name](bench);
	} catch (error) {
		bench.fail(`${name}: ${reasonOf(error)}`);
		return [];
	}
}

async function run(options: Options): Promise<number> {
	const bench = new Bench(options);
	const machine = await describeMachine(root);
	const rows: Row[] = [];
	const interrupt = () => {
		void bench.stop().finally(() => process.exit(130));
	};
	process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
	try {
		for (const name of options.figures) rows.push(...(await measure(bench, name)));
	} finally {
		await bench.stop();
	}
	const result = {
		machine: { ...machine, load_at_end: loadavg() },
		options,
		figures: rows.map((row) => ({ ...row, met: isMet(row) })),
		failures: bench.failures
	};
	await mkdir(dirname(options.output), { recursive: true });
	await writeFile(options.output, `${JSON.stringify(result, null, '\t')}\n`);
	console.log(table(rows));
	for (const failure of bench.failures) bench.say(`failed: ${failure}`);
	return bench.failures.length === 0 ? 0 : 1;
}

let options: Options | null = null;
try {
	options = parseOptions(process.argv.slice(2), join(root, 'build', 'bench.json'));
} catch (error) {
	console.error(`error: ${(error as Error).message}`);
	process.exit(1);
}
if (options) process.exitCode = await run(options);
else console.log(help);
