/** One request as a visitor of an app sends it: to Caddy's port, with the app's own name. */
import { request as send, type Agent } from 'node:http';

export interface Asking {
	port: number;
	/** The Host header; the connection goes to 127.0.0.1. */
	host: string;
	method?: 'GET' | 'POST';
	path?: string;
	body?: string | Buffer;
	headers?: Record<string, string>;
	/** false: a connection of its own. */
	agent: Agent | false;
	limitMs?: number;
}

export interface Answer {
	status: number;
	text: string;
}

export function visit(asking: Asking): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const outgoing = send(
			{
				host: '127.0.0.1',
				port: asking.port,
				method: asking.method ?? 'GET',
				path: asking.path ?? '/',
				agent: asking.agent,
				timeout: asking.limitMs ?? 30_000,
				headers: { host: asking.host, ...asking.headers }
			},
			(response) => {
				const pieces: Buffer[] = [];
				response.on('data', (piece: Buffer) => pieces.push(piece));
				response.on('error', reject);
				response.on('end', () =>
					resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString('utf8') })
				);
			}
		);
		outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
		outgoing.on('error', reject);
		outgoing.end(asking.body);
	});
}
