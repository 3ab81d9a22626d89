/** WebSockets through Caddy that stay open: each sends a word a second and wants it back. Closing is what counts. */
import { WebSocket } from 'ws';

export interface SocketTally {
	opened: number;
	closed: number;
	/** Words that did not come back within the second. */
	unanswered: number;
}

const pulseMs = 1000;

export class OpenSockets {
	readonly #sockets: WebSocket[];
	readonly #timers: NodeJS.Timeout[];
	#closed = 0;
	#unanswered = 0;
	#leaving = false;

	private constructor(sockets: WebSocket[]) {
		this.#sockets = sockets;
		for (const socket of sockets) {
			socket.on('close', () => {
				if (!this.#leaving) this.#closed += 1;
			});
			socket.on('error', () => socket.terminate());
		}
		this.#timers = sockets.map((socket, index) => this.#beat(socket, index));
	}

	static async open(count: number, port: number, host: string): Promise<OpenSockets> {
		const connecting = Array.from({ length: count }, () => {
			const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers: { host } });
			return new Promise<WebSocket>((resolve, reject) => {
				socket.once('open', () => resolve(socket));
				socket.once('error', reject);
			});
		});
		return new OpenSockets(await Promise.all(connecting));
	}

	get closed(): number {
		return this.#closed;
	}

	#beat(socket: WebSocket, index: number): NodeJS.Timeout {
		let sent: string | null = null;
		let count = 0;
		socket.on('message', (data: Buffer) => {
			if (data.toString() === sent) sent = null;
		});
		return setInterval(() => {
			if (sent !== null) this.#unanswered += 1;
			if (socket.readyState !== WebSocket.OPEN) return;
			count += 1;
			sent = `${index} ${count}`;
			socket.send(sent);
		}, pulseMs);
	}

	leave(): SocketTally {
		this.#leaving = true;
		for (const timer of this.#timers) clearInterval(timer);
		for (const socket of this.#sockets) socket.terminate();
		return { opened: this.#sockets.length, closed: this.#closed, unanswered: this.#unanswered };
	}
}
