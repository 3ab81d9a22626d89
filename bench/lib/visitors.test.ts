import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { until } from './clock.ts';
import { openConnection } from './connection.ts';
import { OpenSockets } from './sockets.ts';
import { freePort } from './stack.ts';
import { visit } from './visit.ts';
import { Visitors } from './visitors.ts';

const source = join(import.meta.dirname, '..', 'apps', 'echo', 'server.js');
let app: ChildProcess;
let port = 0;

beforeEach(async () => {
	port = await freePort();
	app = spawn(process.execPath, [source], { env: { PORT: String(port) }, stdio: 'ignore' });
	const ask = () => visit({ port, host: 'app.localhost', agent: false });
	await until('the app answers', 10_000, 10, () => ask().catch(() => null));
});

afterEach(async () => {
	if (app.exitCode !== null || app.signalCode !== null) return;
	app.kill('SIGKILL');
	await once(app, 'exit');
});

const failed = (visitors: Visitors) =>
	until('a failure', 10_000, 10, async () => (visitors.failed > 0 ? true : null));
const asked = (visitors: Visitors, count: number) =>
	until('requests', 10_000, 10, async () => (visitors.answered >= count ? true : null));

test('visitors of a site that answers count no failure, and send as well as read', async () => {
	const visitors = new Visitors(port, 'app.localhost', { http2: false });
	await asked(visitors, 500);
	const tally = await visitors.leave();
	assert.equal(tally.failed, 0);
	assert.ok(
		tally.posts >= tally.requests * 0.2 && tally.posts <= tally.requests * 0.4,
		`${tally.posts} posts`
	);
	assert.ok(tally.onFreshConnections > 0);
});

test('a site that ends makes failures', async () => {
	const visitors = new Visitors(port, 'app.localhost', { http2: false });
	await asked(visitors, 50);
	app.kill('SIGKILL');
	await failed(visitors);
	const tally = await visitors.leave();
	assert.ok(tally.failed > 0);
	assert.match(tally.failures[0] ?? '', /connection: /);
});

test('WebSockets that stay open count none closed; an app that ends closes all of them', async () => {
	const sockets = await OpenSockets.open(5, port, 'app.localhost');
	assert.equal(sockets.closed, 0);
	app.kill('SIGKILL');
	await until('all closed', 10_000, 10, async () => (sockets.closed === 5 ? true : null));
	assert.deepEqual(sockets.leave(), { opened: 5, closed: 5, unanswered: 0 });
});

test('HTTP/2: a POST comes back, and a session that the server ends is opened anew', async () => {
	const server = createServer();
	server.on('stream', (stream, headers) => {
		stream.respond({ ':status': headers[':authority'] === 'app.localhost' ? 200 : 404 });
		stream.pipe(stream);
		stream.session?.close();
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port: http2Port } = server.address() as AddressInfo;
	const connection = openConnection('http2', { port: http2Port, host: 'app.localhost', limitMs: 10_000 });
	try {
		for (const word of ['one', 'two', 'three'])
			assert.deepEqual(await connection.ask(word), { status: 200, text: word });
	} finally {
		connection.close();
		server.close();
	}
});
