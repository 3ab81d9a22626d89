/**
 * From a git server's delivery to the row that can no longer be lost: POST with a valid signature until 202. After each answer
 * the row is asked for, so that no figure counts a promise.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { publishOwn } from '../lib/apps.ts';
import type { Bench, Figure } from '../lib/bench.ts';
import { now } from '../lib/clock.ts';
import type { Row } from '../lib/report.ts';
import type { Stack } from '../lib/stack.ts';
import { median, percentile } from '../lib/stats.ts';
import { visit } from '../lib/visit.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** A push as Gitea tells it. */
const push = (commit: string, address: string) =>
	JSON.stringify({
		ref: 'refs/heads/main',
		before: '0'.repeat(40),
		after: commit,
		repository: { full_name: 'acme/hooked', clone_url: address },
		head_commit: { id: commit, message: 'Second thoughts', author: { name: 'Lena Berg' } },
		commits: [{ id: commit, message: 'Second thoughts', author: { name: 'Lena Berg' } }],
		pusher: { login: 'lena' }
	});

async function deliver(
	stack: Stack,
	port: number,
	projectId: number,
	secret: string,
	body: string
): Promise<number> {
	const headers = {
		'content-type': 'application/json',
		'x-gitea-event': 'push',
		'x-gitea-delivery': randomUUID(),
		'x-gitea-signature': createHmac('sha256', secret).update(body).digest('hex')
	};
	const path = `/api/v1/webhooks/gitea/${projectId}`;
	const began = now();
	const answer = await visit({ port, host: `127.0.0.1:${port}`, method: 'POST', path, body, headers, agent });
	const ms = now() - began;
	if (answer.status !== 202)
		throw new Error(`The delivery was answered with ${answer.status}: ${answer.text}`);
	const id = Object.values(JSON.parse(answer.text) as Record<string, unknown>).find(Number.isInteger);
	const row = await stack.api.deployment(Number(id));
	if (row.status === 'failed') throw new Error(`Deployment ${row.id} failed: ${row.error_message}`);
	return ms;
}

async function prepare(
	bench: Bench
): Promise<{ stack: Stack; projectId: number; secret: string; body: string }> {
	const stack = await bench.stack();
	const repository = await publishOwn('echo', 'hooked');
	const project = await stack.api.createProject('hooked', repository.address);
	// The build cache is filled before: the deployments that the deliveries set off are the usual, short ones.
	const first = await stack.api.deploy(project.id);
	const { secret } = await stack.api.json<{ secret: string }>('GET', `/projects/${project.id}/webhook`);
	return { stack, projectId: project.id, secret, body: push(first.commit_hash, repository.address) };
}

export const webhook: Figure = async (bench) => {
	const { stack, projectId, secret, body } = await prepare(bench);
	const port = await stack.backendPort();
	const samples: number[] = [];
	const count = bench.options.quick ? 20 : 200;
	for (let delivery = 0; delivery < count; delivery += 1) {
		samples.push(await deliver(stack, port, projectId, secret, body));
	}
	const command = `${count} × POST /api/v1/webhooks/gitea/{id}, signed, deliveries with ids of their own`;
	const row = (name: string, value: number): Row => ({ name, value, unit: 'ms', target: null, command });
	return [
		{ ...row('webhook to pending row, p50', median(samples)), detail: { max_ms: Math.max(...samples) } },
		row('webhook to pending row, p99', percentile(samples, 0.99))
	];
};
