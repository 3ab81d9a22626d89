/**
 * Where a log viewer gets its bytes. The build log: what is there by one streamed download, then the socket from exactly the next
 * byte. The runtime log: the newest lines, then what is printed from now on.
 */
import { LogStore } from '#lib/log/store.ts';
import { splitTime } from '#lib/log/line.ts';
import { apiPaths, topics } from '#lib/paths.ts';
import type { Connection } from './connection.svelte.ts';
import type { Message } from './socket.ts';

/** Which log, and for a build log: how much of it the server has rendered, and whether that is all. */
export type LogSource =
	{ kind: 'build'; deploymentId: number; rendered: number } | { kind: 'runtime'; projectId: number };

export abstract class LogFeed {
	readonly store = new LogStore();
	/** Counts changes of the store, at most one each frame; reading it makes a view follow. */
	version = $state(0);
	ended = $state(false);
	/** False until the store holds what the server has rendered: the page must not show less than it did. */
	complete = $state(false);
	failure = $state<string | null>(null);
	#frame = 0;

	protected changed(): void {
		if (this.#frame) return;
		this.#frame = requestAnimationFrame(() => {
			this.#frame = 0;
			this.version += 1;
		});
	}

	abstract start(connection: Connection): () => void;
}

export class BuildLogFeed extends LogFeed {
	readonly #id: number;
	readonly #rendered: number;

	constructor(id: number, rendered: number) {
		super();
		this.#id = id;
		this.#rendered = rendered;
	}

	start(connection: Connection): () => void {
		const stop = new AbortController();
		const topic = topics.deploymentLog(this.#id);
		const follow = () => {
			if (stop.signal.aborted || this.ended) return;
			const leave = connection.subscribe(topic, {
				offset: () => this.store.byteLength,
				receive: (message) => this.#receive(message, connection, topic)
			});
			stop.signal.addEventListener('abort', leave);
		};
		void this.#download(stop.signal).then(follow);
		return () => stop.abort();
	}

	#receive(message: Message, connection: Connection, topic: string): void {
		if (message.error) {
			this.failure = message.error.detail;
			return;
		}
		if (typeof message.data === 'string' && !this.store.appendAt(message.offset ?? 0, message.data)) {
			connection.resume(topic);
			return;
		}
		if (message.end) this.ended = true;
		this.complete = true;
		this.changed();
	}

	/** Everything from the first byte. What fails half-way is not lost: the socket goes on from there. */
	async #download(signal: AbortSignal): Promise<void> {
		try {
			for (;;) {
				const before = this.store.byteLength;
				const response = await fetch(apiPaths.deploymentLog(this.#id, before), { signal });
				if (!response.ok || !response.body) return;
				const reader = response.body.getReader();
				for (;;) {
					const { value, done } = await reader.read();
					if (done) break;
					this.store.append(value);
					if (this.store.byteLength >= this.#rendered) this.complete = true;
					this.changed();
				}
				if (response.headers.get('x-log-end') === 'true') this.ended = true;
				if (this.ended || this.store.byteLength === before) return;
			}
		} catch {
			return;
		} finally {
			this.complete = true;
			this.changed();
		}
	}
}

export class RuntimeLogFeed extends LogFeed {
	readonly #projectId: number;
	#lastTime = '';
	#sameTime = new Set<string>();

	constructor(projectId: number) {
		super();
		this.#projectId = projectId;
	}

	start(connection: Connection): () => void {
		const stop = new AbortController();
		const catchUp = () => void this.#catchUp(stop.signal);
		const leave = connection.subscribe(topics.runtimeLog(this.#projectId), {
			receive: (message) => {
				if (typeof message.data === 'string') {
					this.#add(message.data);
					this.changed();
				}
			},
			reconnected: catchUp
		});
		catchUp();
		stop.signal.addEventListener('abort', leave);
		return () => stop.abort();
	}

	/** The newest lines: at the start, and for what was printed while the connection was away. */
	async #catchUp(signal: AbortSignal): Promise<void> {
		try {
			const response = await fetch(apiPaths.runtimeLog(this.#projectId), { signal });
			if (response.ok) this.#add(await response.text());
		} catch {
			return;
		} finally {
			this.complete = true;
			this.changed();
		}
	}

	/** Adds the lines that are newer than what is there: the two sources overlap. */
	#add(text: string): void {
		const fresh: string[] = [];
		for (const line of text.split('\n')) {
			if (line === '') continue;
			const { time } = splitTime(line);
			if (time !== null) {
				if (time < this.#lastTime || (time === this.#lastTime && this.#sameTime.has(line))) continue;
				if (time !== this.#lastTime) this.#sameTime.clear();
				this.#lastTime = time;
				this.#sameTime.add(line);
			}
			fresh.push(line);
		}
		if (fresh.length) this.store.append(`${fresh.join('\n')}\n`);
	}
}

export function makeFeed(source: LogSource): LogFeed {
	return source.kind === 'build'
		? new BuildLogFeed(source.deploymentId, source.rendered)
		: new RuntimeLogFeed(source.projectId);
}
