/**
 * The invariants of a panel, checked against the record, Docker, Caddy and the files. By hand:
 *
 *   ./panel invariants --data DIR [--database URL] [--docker-socket PATH] [--canary VALUE ...] [--settled]
 *
 *   I1 every accepted deployment ends     I4 one promotion, one delivery       I7 no secret is shown
 *   I2 record, container, route agree     I5 no orphans                        I8 the database is sound
 *   I3 one live, one builder, in order    I6 logs without gaps                 I9 the app answered throughout
 *
 * A deployment may take an hour unless --settled says that none is under way. Ends with 1 when something is broken.
 */
import { realpath } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { oneTruth } from './invariants/agreement.ts';
import { noOrphans } from './invariants/orphans.ts';
import { everyDeploymentEnds, everythingOnce, logsWithoutGaps, oneAtATime } from './invariants/record.ts';
import { noSecretShown } from './invariants/secrets.ts';
import { databaseIsSound } from './invariants/sound.ts';
import { look, type Given, type World } from './invariants/world.ts';

export type { Given } from './invariants/world.ts';

type Check = (world: World) => string[] | Promise<string[]>;

const checks: [name: string, check: Check][] = [
	['I1', everyDeploymentEnds],
	['I2', oneTruth],
	['I3', oneAtATime],
	['I4', everythingOnce],
	['I5', noOrphans],
	['I6', logsWithoutGaps],
	['I7', noSecretShown],
	['I8', databaseIsSound],
	['I9', ({ given }) => given.failures ?? []]
];

/** Each broken invariant as "I2: project 3: ...". */
export async function violations(given: Given): Promise<string[]> {
	const world = await look(given);
	const found: string[] = [];
	for (const [name, check] of checks) for (const text of await check(world)) found.push(`${name}: ${text}`);
	return found;
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			data: { type: 'string', default: 'data' },
			database: { type: 'string' },
			'docker-socket': { type: 'string' },
			canary: { type: 'string', multiple: true },
			settled: { type: 'boolean', default: false }
		}
	});
	const found = await violations({
		data: await realpath(values.data),
		database: values.database ?? process.env.VPS_PANEL_DATABASE,
		docker: values['docker-socket'] ?? process.env.VPS_PANEL_DOCKER_SOCKET,
		canaries: values.canary,
		patienceMs: values.settled ? 0 : 3_600_000
	});
	for (const text of found) process.stdout.write(`${text}\n`);
	if (!found.length) process.stdout.write('All invariants hold.\n');
	process.exitCode = found.length ? 1 : 0;
}

if (import.meta.main) await main();
