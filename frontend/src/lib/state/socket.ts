/**
 * The one WebSocket of a tab. Carries any number of topics, comes back by itself, and resumes log topics at the exact byte. What
 * pages use is the connection (connection.svelte.ts), which loads this when the page stands.
 */

/** What is used of a WebSocket; tests give a false one. */
export interface SocketLike {
	readyState: number;
	send(data: string): void;
	close(code?: number): void;
	onopen: ((event: unknown) => void) | null;
	onclose: ((event: { code: number }) => void) | null;
	onmessage: ((event: { data: unknown }) => void) | null;
	onerror: ((event: unknown) => void) | null;
}

export interface Surroundings {
	open(): SocketLike;
	setTimer(run: () => void, ms: number): unknown;
	clearTimer(timer: unknown): void;
	random(): number;
	/** Told when the connection has been away for three seconds, and when it is back. */
	offline(away: boolean): void;
	/** Called when coming back has failed a few times: the session may have to be renewed. */
	trouble?(): unknown;
}

export interface Message {
	topic: string;
	data?: unknown;
	offset?: number;
	next_offset?: number;
	end?: boolean;
	error?: { code: string; detail: string };
}

export interface Subscription {
	receive(message: Message): void;
	/** For log topics: the byte to go on from, asked at each (re)connection. */
	offset?(): number;
	/** Called after a reconnection, for topics that cannot be resumed. */
	reconnected?(): void;
}

const firstDelayMs = 400;
const longestDelayMs = 15_000;
const bannerAfterMs = 3_000;
const pingEveryMs = 25_000;
const pongWithinMs = 10_000;
/** "You fell behind": come back at once. */
const tooSlow = 1013;
const troubleAfter = 3;
const open = 1;

export class Socket {
	readonly #surroundings: Surroundings;
	readonly #topics = new Map<string, Set<Subscription>>();
	#socket: SocketLike | null = null;
	#attempts = 0;
	#connectedBefore = false;
	#stopped = true;
	#retryTimer: unknown = null;
	#bannerTimer: unknown = null;
	#pingTimer: unknown = null;
	#pongTimer: unknown = null;

	constructor(surroundings: Surroundings) {
		this.#surroundings = surroundings;
	}

	start(): void {
		if (!this.#stopped) return;
		this.#stopped = false;
		this.#connect();
	}

	stop(): void {
		this.#stopped = true;
		this.#clearTimers();
		this.#drop();
	}

	/** Follows a topic; the answer ends it. */
	subscribe(topic: string, subscription: Subscription): () => void {
		const followers = this.#topics.get(topic) ?? new Set<Subscription>();
		this.#topics.set(topic, followers);
		followers.add(subscription);
		if (this.#isOpen()) this.#sendSubscribe(topic, subscription);
		return () => {
			followers.delete(subscription);
			if (followers.size > 0 || this.#topics.get(topic) !== followers) return;
			this.#topics.delete(topic);
			this.#send({ op: 'unsubscribe', topic });
		};
	}

	/** Asks for a topic again from its offset: after a gap. */
	resume(topic: string): void {
		if (!this.#isOpen()) return;
		const first = this.#topics.get(topic)?.values().next().value;
		if (!first) return;
		this.#send({ op: 'unsubscribe', topic });
		this.#sendSubscribe(topic, first);
	}

	/** The tab is looked at again: a connection that slept is tried now, not after the delay. */
	wake(): void {
		if (this.#stopped) return;
		if (this.#isOpen()) this.#ping();
		else if (this.#retryTimer !== null) {
			this.#attempts = 0;
			this.#surroundings.clearTimer(this.#retryTimer);
			this.#retryTimer = null;
			this.#connect();
		}
	}

	#isOpen(): boolean {
		return this.#socket?.readyState === open;
	}

	#connect(): void {
		const socket = this.#surroundings.open();
		this.#socket = socket;
		socket.onopen = () => this.#opened();
		socket.onmessage = (event) => this.#received(event.data);
		socket.onclose = (event) => {
			if (this.#socket === socket) this.#closed(event.code);
		};
		socket.onerror = null;
	}

	#opened(): void {
		this.#attempts = 0;
		this.#surroundings.offline(false);
		this.#cancel('banner');
		const again = this.#connectedBefore;
		this.#connectedBefore = true;
		for (const [topic, followers] of this.#topics) {
			const first = followers.values().next().value;
			if (first) this.#sendSubscribe(topic, first);
			if (again) for (const follower of followers) follower.reconnected?.();
		}
		this.#schedulePing();
	}

	#received(data: unknown): void {
		this.#cancel('pong');
		if (typeof data !== 'string') return;
		let message: Message & { op?: string };
		try {
			message = JSON.parse(data) as Message;
		} catch {
			return;
		}
		const followers = this.#topics.get(message.topic);
		if (followers) for (const follower of [...followers]) follower.receive(message);
	}

	#closed(code: number): void {
		this.#socket = null;
		this.#cancel('ping');
		this.#cancel('pong');
		if (this.#stopped) return;
		this.#bannerTimer ??= this.#surroundings.setTimer(() => {
			this.#surroundings.offline(true);
			this.#bannerTimer = null;
		}, bannerAfterMs);
		const delay = code === tooSlow ? 0 : this.#nextDelay();
		this.#retryTimer = this.#surroundings.setTimer(() => {
			this.#retryTimer = null;
			this.#connect();
		}, delay);
	}

	/** Doubles up to a quarter of a minute; half of it by chance, so that a thousand tabs do not come back in one instant. */
	#nextDelay(): number {
		const ceiling = Math.min(longestDelayMs, firstDelayMs * 2 ** this.#attempts);
		this.#attempts += 1;
		if (this.#attempts === troubleAfter) this.#surroundings.trouble?.();
		return ceiling / 2 + (this.#surroundings.random() * ceiling) / 2;
	}

	#schedulePing(): void {
		this.#cancel('ping');
		this.#pingTimer = this.#surroundings.setTimer(() => {
			this.#ping();
			this.#schedulePing();
		}, pingEveryMs);
	}

	/** A connection that died without a word (sleep, a lost network) is found by a ping that nobody answers. */
	#ping(): void {
		this.#send({ op: 'ping' });
		this.#pongTimer ??= this.#surroundings.setTimer(() => {
			this.#pongTimer = null;
			this.#drop();
			this.#closed(1006);
		}, pongWithinMs);
	}

	#drop(): void {
		const socket = this.#socket;
		this.#socket = null;
		if (!socket) return;
		socket.onopen = socket.onmessage = socket.onclose = null;
		socket.close(1000);
	}

	#sendSubscribe(topic: string, subscription: Subscription): void {
		const offset = subscription.offset?.();
		this.#send(offset === undefined ? { op: 'subscribe', topic } : { op: 'subscribe', topic, offset });
	}

	#send(message: Record<string, unknown>): void {
		if (this.#isOpen()) this.#socket?.send(JSON.stringify(message));
	}

	#cancel(which: 'banner' | 'ping' | 'pong'): void {
		if (which === 'banner') {
			this.#surroundings.clearTimer(this.#bannerTimer);
			this.#bannerTimer = null;
		} else if (which === 'ping') {
			this.#surroundings.clearTimer(this.#pingTimer);
			this.#pingTimer = null;
		} else {
			this.#surroundings.clearTimer(this.#pongTimer);
			this.#pongTimer = null;
		}
	}

	#clearTimers(): void {
		this.#cancel('banner');
		this.#cancel('ping');
		this.#cancel('pong');
		this.#surroundings.clearTimer(this.#retryTimer);
		this.#retryTimer = null;
	}
}

/** The browser's own socket and timers. `signedOut` is told when coming back fails because the access token has run out. */
export function browserSurroundings(path: string, signedOut: () => void): Omit<Surroundings, 'offline'> {
	return {
		trouble: async () => {
			const answer = await fetch('/api/v1/auth/me').catch(() => null);
			if (answer?.status === 401) signedOut();
		},
		open: () => new WebSocket(location.origin.replace(/^http/, 'ws') + path) as unknown as SocketLike,
		setTimer: (run, ms) => setTimeout(run, ms),
		clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout> | undefined),
		random: Math.random
	};
}
