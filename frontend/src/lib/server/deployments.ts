import type { Deployment, DeploymentSummary, List } from '#lib/types.ts';
import { rowsOfText } from '#lib/log/row.ts';
import { LogTail } from '#lib/log/tail.ts';
import type { Backend } from './backend.ts';

function list(backend: Backend, path: string, limit: number, cursor?: string | null) {
	const query = new URLSearchParams({ limit: String(limit) });
	if (cursor) query.set('cursor', cursor);
	return backend.json<List<DeploymentSummary>>('GET', `${path}?${query}`);
}

export const recentDeployments = (backend: Backend, limit: number, cursor?: string | null) =>
	list(backend, '/deployments', limit, cursor);

export const projectDeployments = (
	backend: Backend,
	projectId: string,
	limit: number,
	cursor?: string | null
) => list(backend, `/projects/${projectId}/deployments`, limit, cursor);

export const getDeployment = (backend: Backend, id: string) =>
	backend.json<Deployment>('GET', `/deployments/${id}`);

export const startDeployment = (
	backend: Backend,
	projectId: string,
	body: { branch?: string; commit_hash?: string; release_pin?: boolean } = {}
) => backend.json<Deployment>('POST', `/projects/${projectId}/deployments`, { body });

export const cancelDeployment = (backend: Backend, id: string) =>
	backend.json<Deployment | undefined>('POST', `/deployments/${id}/cancel`, { body: {} });

export const rollBackTo = (backend: Backend, id: string, pin: boolean) =>
	backend.json<Deployment>('POST', `/deployments/${id}/rollback`, { body: { pin } });

/** Bounds on what one page view may cost: enough for nearly every log. The viewer in the browser reads all of any. */
const tailReadLimitBytes = 32 * 1024 * 1024;
const tailReadLimitMs = 1500;

/** The last lines of a build log, with their numbers, for the first render. */
export async function readLogTail(backend: Backend, id: string, lines: number) {
	const tail = new LogTail(lines);
	let offset = 0;
	let end = false;
	const until = performance.now() + tailReadLimitMs;
	while (offset < tailReadLimitBytes && performance.now() < until) {
		const response = await backend.raw('GET', `/deployments/${id}/log?offset=${offset}`, {
			headers: { accept: 'text/plain' }
		});
		const piece = new Uint8Array(await response.arrayBuffer());
		tail.push(piece);
		end = response.headers.get('x-log-end') === 'true';
		const next = Number(response.headers.get('x-log-next-offset') ?? offset + piece.length);
		if (end || piece.length === 0 || !(next > offset)) break;
		offset = next;
	}
	const { text, firstLine, nextOffset } = tail.result();
	const rows = rowsOfText(text, firstLine);
	const lastLine =
		rows
			.at(-1)
			?.pieces.map((piece) => piece.text)
			.join('') ?? '';
	return { rows, lastLine, bytes: nextOffset, end };
}
