// Answers a GET with its release, a POST with the very body, and sends back every small text frame of a WebSocket (RFC 6455).
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { createServer } from 'node:http';

const server = createServer((request, response) => {
	if (request.method === 'POST') request.pipe(response);
	else response.end(`${hostname()}\n`);
});

function echoFrames(socket) {
	let input = Buffer.alloc(0);
	socket.on('data', (piece) => {
		input = Buffer.concat([input, piece]);
		// A client's frame: two bytes of head, four of mask, up to 125 of text.
		while (input.length >= 6 && input.length >= 6 + (input[1] & 0x7f)) {
			const length = input[1] & 0x7f;
			const mask = input.subarray(2, 6);
			const text = input.subarray(6, 6 + length).map((byte, index) => byte ^ mask[index % 4]);
			const isText = (input[0] & 0x0f) === 1;
			input = input.subarray(6 + length);
			if (!isText) return socket.end();
			socket.write(Buffer.concat([Buffer.from([0x81, length]), text]));
		}
	});
	socket.on('error', () => socket.destroy());
}

server.on('upgrade', (request, socket) => {
	const accept = createHash('sha1')
		.update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
		.digest('base64');
	socket.write(
		`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
	);
	echoFrames(socket);
});
server.listen(Number(process.env.PORT) || 3000, '0.0.0.0');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
