/** `panel up` on a machine that has the packages and the builds, on an empty data directory, until the page answers. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent } from 'node:http';
import type { Figure } from '../lib/bench.ts';
import { now } from '../lib/clock.ts';
import { down, freePort, up } from '../lib/stack.ts';
import { median } from '../lib/stats.ts';
import { visit } from '../lib/visit.ts';

async function startOnce(): Promise<number> {
	const folder = await mkdtemp(join(tmpdir(), 'panel-start-'));
	const data = join(folder, 'data');
	const port = await freePort();
	const agent = new Agent();
	try {
		const began = now();
		await up(data, port);
		const page = await visit({ port, host: `localhost:${port}`, agent });
		if (page.status >= 400) throw new Error(`The page answers ${page.status}.`);
		return (now() - began) / 1000;
	} finally {
		agent.destroy();
		await down(data);
		await rm(folder, { recursive: true, force: true });
	}
}

export const start: Figure = async (bench) => {
	const samples: number[] = [];
	for (let run = 0; run < (bench.options.quick ? 1 : 5); run += 1) samples.push(await startOnce());
	return [
		{
			name: 'panel up to a page that answers',
			value: median(samples),
			unit: 's',
			target: { atMost: 30 },
			command: './panel up --data <empty> --port <free> --detach && curl http://localhost:<port>/',
			detail: { samples_s: samples }
		}
	];
};
