/** Zero failed requests: one project redeployed again and again under visitors, another one's WebSockets open all the while. */
import { publishOwn } from '../lib/apps.ts';
import type { Bench, Figure } from '../lib/bench.ts';
import { now } from '../lib/clock.ts';
import { OpenSockets, type SocketTally } from '../lib/sockets.ts';
import type { Row } from '../lib/report.ts';
import type { Stack } from '../lib/stack.ts';
import { Visitors, type Tally } from '../lib/visitors.ts';

const socketCount = 100;

interface Outcome {
	tally: Tally;
	sockets: SocketTally;
	redeploys: number;
	seconds: number;
}

async function redeployUnderLoad(bench: Bench, stack: Stack): Promise<Outcome> {
	const { api } = stack;
	const repository = await publishOwn('echo', 'echo');
	const busy = await api.createProject('busy', repository.address);
	const calm = await api.createProject('calm', repository.address);
	await api.deploy(busy.id);
	await api.deploy(calm.id);
	const sockets = await OpenSockets.open(socketCount, stack.port, stack.host(calm.name));
	const visitors = new Visitors(stack.port, stack.host(busy.name));
	const began = now();
	const { redeploys } = bench.options;
	let socketTally: SocketTally;
	let tally: Tally;
	try {
		for (let turn = 1; turn <= redeploys; turn += 1) {
			await api.deploy(busy.id);
			if (turn % 10 === 0) bench.say(`  ${turn} of ${redeploys} redeploys`);
		}
	} finally {
		tally = await visitors.leave();
		socketTally = sockets.leave();
	}
	return { tally, sockets: socketTally, redeploys, seconds: (now() - began) / 1000 };
}

function rows({ tally, sockets, redeploys, seconds }: Outcome): Row[] {
	const command = `panel bench --only switches --redeploys ${redeploys}: 50 visitors (10 on fresh connections, 15 over HTTP/2, 25 over kept HTTP/1.1), 30% POST, ${socketCount} WebSockets`;
	const detail = { ...tally, ...sockets, redeploys, seconds, requests_per_second: tally.requests / seconds };
	const row = (name: string, value: number, unit: string, target: Row['target']): Row => ({
		name,
		value,
		unit,
		target,
		command
	});
	return [
		{ ...row(`requests during ${redeploys} redeploys`, tally.requests, '', null), detail },
		row('of them failed', tally.failed, '', { atMost: 0 }),
		row('latency of a request while redeploying, p99', tally.p99Ms, 'ms', null),
		row(`WebSockets of another project closed (of ${sockets.opened})`, sockets.closed, '', { atMost: 0 })
	];
}

export const switches: Figure = async (bench) => {
	const outcome = await redeployUnderLoad(bench, await bench.stack());
	for (const failure of outcome.tally.failures) bench.say(`  failed: ${failure}`);
	const result = rows(outcome);
	if (outcome.tally.failed > 0 || outcome.sockets.closed > 0)
		bench.fail('Requests failed or WebSockets were closed.');
	return result;
};
