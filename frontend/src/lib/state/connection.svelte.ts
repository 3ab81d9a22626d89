/**
 * The live connection as pages use it: subscribe at once, whatever the state of the socket. Its code is loaded when the page
 * stands; on the server nothing happens. Made by the layout, passed on by context.
 */
import { getContext, setContext } from 'svelte';
import type { Socket, Subscription } from './socket.ts';

export class Connection {
	/** True once it has been away for three seconds: only then is it worth a word. */
	offline = $state(false);
	#opened: (socket: Socket) => void = () => undefined;
	readonly #socket = new Promise<Socket>((resolve) => (this.#opened = resolve));

	/** Opens the socket; the answer closes it. `signedOut` is told when coming back fails because the session has to be renewed. */
	start(path: string, signedOut: () => void): () => void {
		let stop: (() => void) | null = null;
		let stopped = false;
		void import('./socket.ts').then(({ Socket, browserSurroundings }) => {
			if (stopped) return;
			const socket = new Socket({
				...browserSurroundings(path, signedOut),
				offline: (away) => (this.offline = away)
			});
			stop = () => socket.stop();
			socket.start();
			this.#opened(socket);
		});
		return () => {
			stopped = true;
			stop?.();
		};
	}

	subscribe(topic: string, subscription: Subscription): () => void {
		let leave: (() => void) | null = null;
		let left = false;
		void this.#socket.then((socket) => {
			if (!left) leave = socket.subscribe(topic, subscription);
		});
		return () => {
			left = true;
			leave?.();
		};
	}

	resume(topic: string): void {
		void this.#socket.then((socket) => socket.resume(topic));
	}

	wake(): void {
		void this.#socket.then((socket) => socket.wake());
	}
}

const key = Symbol('connection');

export const provideConnection = (connection: Connection): Connection => setContext(key, connection);
export const useConnection = (): Connection => getContext<Connection>(key);
