/**
 * A real git server over HTTP for the journeys: `git http-backend` behind node:http, on a loopback address. A file `refuse`
 * in a repository makes it answer as bad servers do; the tests write it, in another process.
 */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/**
 * 401: asks for a password. 404: knows no such repository. cut: the connection ends in the middle of the objects. slow: 1 KB each
 * second. stall: the objects begin and never go on.
 */
export type Refusal = '401' | '404' | 'cut' | 'slow' | 'stall';

const slowBytesPerSecond = 1024;

const repositoryOf = (path: string) => /^\/([a-z0-9-]+\.git)\//.exec(path)?.[1] ?? null;

async function refusalOf(root: string, path: string): Promise<Refusal | null> {
	const repository = repositoryOf(path);
	if (!repository) return '404';
	return readFile(join(root, repository, 'refuse'), 'utf8').catch(() => null) as Promise<Refusal | null>;
}

function environment(root: string, request: IncomingMessage, url: URL): NodeJS.ProcessEnv {
	const header = (name: string) => String(request.headers[name] ?? '');
	return {
		PATH: process.env.PATH,
		GIT_CONFIG_NOSYSTEM: '1',
		GIT_CONFIG_GLOBAL: '/dev/null',
		GIT_PROJECT_ROOT: root,
		GIT_HTTP_EXPORT_ALL: '1',
		GIT_PROTOCOL: header('git-protocol'),
		PATH_INFO: url.pathname,
		QUERY_STRING: url.search.slice(1),
		REQUEST_METHOD: request.method ?? 'GET',
		CONTENT_TYPE: header('content-type'),
		CONTENT_LENGTH: header('content-length'),
		HTTP_CONTENT_ENCODING: header('content-encoding'),
		REMOTE_ADDR: request.socket.remoteAddress ?? ''
	};
}

/** Takes the head of a CGI answer (RFC 3875 section 6.3) off and writes it as the head of an HTTP answer. */
function writeHead(response: ServerResponse, head: string): void {
	let status = 200;
	for (const line of head.split('\r\n')) {
		const [name = '', value = ''] = line.split(/:\s*/, 2);
		if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
		else response.setHeader(name, value);
	}
	response.writeHead(status);
}

/** A bad line: passes on what it gets bit by bit. */
class Trickle {
	readonly #response: ServerResponse;
	readonly #timer: NodeJS.Timeout;
	#waiting = Buffer.alloc(0);
	#ended = false;

	constructor(response: ServerResponse) {
		this.#response = response;
		this.#timer = setInterval(() => this.#drip(), 1000);
		response.on('close', () => clearInterval(this.#timer));
	}

	add(piece: Buffer): void {
		this.#waiting = Buffer.concat([this.#waiting, piece]);
	}

	end(): void {
		this.#ended = true;
	}

	#drip(): void {
		this.#response.write(this.#waiting.subarray(0, slowBytesPerSecond));
		this.#waiting = this.#waiting.subarray(slowBytesPerSecond);
		if (this.#ended && this.#waiting.length === 0) this.#response.end();
	}
}

function serve(
	root: string,
	request: IncomingMessage,
	response: ServerResponse,
	url: URL,
	refusal: Refusal | null
): void {
	const backend = spawn('git', ['http-backend'], { env: environment(root, request, url) });
	const way = url.pathname.endsWith('/git-upload-pack') ? refusal : null;
	let head: Buffer | null = Buffer.alloc(0);
	const trickle = way === 'slow' ? new Trickle(response) : null;
	const body = (piece: Buffer) => {
		if (way === 'cut') response.write(piece.subarray(0, 200), () => response.destroy());
		else if (trickle) trickle.add(piece);
		else if (way !== 'stall') response.write(piece);
	};
	backend.stdout.on('data', (piece: Buffer) => {
		if (!head) return body(piece);
		head = Buffer.concat([head, piece]);
		const end = head.indexOf('\r\n\r\n');
		if (end < 0) return;
		writeHead(response, head.subarray(0, end).toString('latin1'));
		const rest = head.subarray(end + 4);
		head = null;
		if (rest.length) body(rest);
	});
	backend.on('close', () => {
		if (trickle) trickle.end();
		else if (way !== 'stall') response.end();
	});
	backend.stdin.on('error', () => backend.kill());
	response.on('close', () => backend.kill());
	request.pipe(backend.stdin);
}

async function answer(root: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
	const url = new URL(request.url ?? '/', 'http://localhost');
	const refusal = await refusalOf(root, url.pathname);
	if (refusal === '401') response.setHeader('WWW-Authenticate', 'Basic realm="git"');
	if (refusal === '401' || refusal === '404') response.writeHead(Number(refusal)).end();
	else serve(root, request, response, url, refusal);
}

export async function startGitServer(root: string): Promise<{ port: number; stop: () => Promise<void> }> {
	const server = createServer((request, response) => {
		answer(root, request, response).catch(() => response.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const stop = () =>
		new Promise<void>((resolve) => {
			server.close(() => resolve());
			server.closeAllConnections();
		});
	return { port: (server.address() as AddressInfo).port, stop };
}
