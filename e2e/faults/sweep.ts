/**
 * Kills the back end at every crash point, many times, and checks after each kill that nothing was lost. From the second round
 * on it is killed once more while it makes good the first kill.
 *
 *   node faults/sweep.ts [--rounds 25] [--minutes 60] [--only PREFIX] [--split] [--seed N] [--report FILE]
 *                        [--database own|URL] [--redis own|URL]
 *
 * --split runs a web and a worker process. --database is a PostgreSQL server in which the sweep makes databases of its own,
 * --redis a Redis that it empties; "own": one that it starts. With --report an interrupted sweep goes on where it stopped. The
 * last line is a summary; ends with 1 when a kill left something broken.
 */
import { parseArgs } from 'node:util';
import { Random } from './lib/random.ts';
import { startServers } from './lib/servers.ts';
import { points, remembered, sweep, type Kill, type Outcome } from './lib/sweep.ts';

export function summary(outcomes: Outcome[]): string {
	const died = outcomes.filter((each) => each.died);
	const again = died.filter((each) => each.diedAgain);
	const names = new Set([...died.map((each) => each.point), ...again.map((each) => each.again)]);
	const bad = outcomes.filter((each) => each.problems.length);
	const times = died
		.map((each) => each.recoveryMs)
		.filter((ms) => ms >= 0)
		.sort((a, b) => a - b);
	const victims = new Map<string, number>();
	for (const name of died.flatMap((each) => each.victims ?? []))
		victims.set(name, (victims.get(name) ?? 0) + 1);
	const whom = [...victims].map(([name, times]) => `${name} ${times}`).join(', ');
	const at = (share: number) => ((times[Math.floor((times.length - 1) * share)] ?? 0) / 1000).toFixed(1);
	return `${died.length + again.length} kills${whom ? ` (${whom})` : ''} at ${names.size} points, ${bad.length} left something broken; back and settled in ${at(0.5)} s (median), ${at(0.99)} s (p99), ${at(1)} s (most)`;
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			rounds: { type: 'string', default: '25' },
			minutes: { type: 'string', default: '600' },
			only: { type: 'string', default: '' },
			split: { type: 'boolean', default: false },
			seed: { type: 'string', default: String(Date.now() % 1_000_000) },
			report: { type: 'string' },
			database: { type: 'string' },
			redis: { type: 'string' }
		}
	});
	const say = (line: string) => process.stdout.write(`${line}\n`);
	say(`seed ${values.seed}`);
	const random = new Random(Number(values.seed));
	const named = (await points()).filter((point) => point.startsWith(values.only));
	// What a panel passes that takes over where it was killed.
	const often = (await points()).filter((point) => /^(deploy|runner|worker|log|queue|ringer)\./.test(point));
	const kills: Kill[] = [];
	for (let round = 1; round <= Number(values.rounds); round += 1) {
		// The first passing first; the later ones of points that are passed often come with the rounds.
		for (const point of random.shuffled(named))
			kills.push(
				round === 1
					? { point, n: 1, round }
					: { point, n: 1 + random.below(6), round, again: random.pick(often) }
			);
	}
	const servers = await startServers({ postgres: values.database === 'own', redis: values.redis === 'own' });
	const outcomes = await sweep({
		kills,
		rig: {
			roles: values.split ? ['web', 'worker'] : ['all'],
			database: servers.postgres?.url ?? values.database,
			redis: servers.redis?.url ?? values.redis
		},
		report: values.report,
		limitMs: Number(values.minutes) * 60_000,
		say
	}).finally(servers.stop);
	const all = values.report ? await remembered(values.report) : outcomes;
	say(summary(all));
	process.exitCode = all.some((each) => each.problems.length) ? 1 : 0;
}

if (import.meta.main) await main();
