/** How a visitor reaches a site: on a connection that is kept, on a fresh one for each request, or on one of HTTP/2. */
import { Agent } from 'node:http';
import { connect, type ClientHttp2Session } from 'node:http2';
import { visit, type Answer } from './visit.ts';

export interface Site {
	port: number;
	/** The Host header or authority; the connection goes to 127.0.0.1. */
	host: string;
	limitMs: number;
}

export type ConnectionKind = 'kept' | 'fresh' | 'http2';

export interface Connection {
	readonly kind: ConnectionKind;
	/** A GET, or a POST of `body`. */
	ask(body?: string): Promise<Answer>;
	close(): void;
}

function overHttp1(kind: 'kept' | 'fresh', site: Site): Connection {
	const agent = kind === 'fresh' ? false : new Agent({ keepAlive: true, maxSockets: 1 });
	return {
		kind,
		ask: (body) => visit(body === undefined ? { ...site, agent } : { ...site, agent, method: 'POST', body }),
		close: () => {
			if (agent) agent.destroy();
		}
	};
}

function askStream(session: ClientHttp2Session, site: Site, body: string | undefined): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const stream = session.request(
			{ ':method': body === undefined ? 'GET' : 'POST', ':path': '/', ':authority': site.host },
			{ endStream: body === undefined }
		);
		let status = 0;
		const pieces: Buffer[] = [];
		stream.setTimeout(site.limitMs, () => stream.destroy(new Error('no answer in time')));
		stream.on('response', (headers) => (status = headers[':status'] ?? 0));
		stream.on('data', (piece: Buffer) => pieces.push(piece));
		stream.on('error', reject);
		stream.on('end', () => resolve({ status, text: Buffer.concat(pieces).toString('utf8') }));
		stream.on('close', () => reject(new Error('the stream was closed without an answer')));
		if (body !== undefined) stream.end(body);
	});
}

/** With prior knowledge (RFC 9113, section 3.3). A session that the server ended between two requests is opened anew. */
function overHttp2(site: Site): Connection {
	let session: ClientHttp2Session | null = null;
	const open = () => {
		if (session && !session.closed && !session.destroyed) return session;
		session = connect(`http://127.0.0.1:${site.port}`);
		// Told by the streams that it takes with it.
		session.on('error', () => undefined);
		return session;
	};
	return { kind: 'http2', ask: (body) => askStream(open(), site, body), close: () => session?.destroy() };
}

export const openConnection = (kind: ConnectionKind, site: Site): Connection =>
	kind === 'http2' ? overHttp2(site) : overHttp1(kind, site);
