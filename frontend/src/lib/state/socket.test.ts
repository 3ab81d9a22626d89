import { beforeEach, describe, expect, it } from 'vitest';
import { Socket, type Message, type SocketLike } from './socket.ts';

class FakeSocket implements SocketLike {
	readyState = 0;
	sent: Record<string, unknown>[] = [];
	onopen: SocketLike['onopen'] = null;
	onclose: SocketLike['onclose'] = null;
	onmessage: SocketLike['onmessage'] = null;
	onerror: SocketLike['onerror'] = null;
	send(data: string) {
		this.sent.push(JSON.parse(data) as Record<string, unknown>);
	}
	close() {
		this.readyState = 3;
	}
	accept() {
		this.readyState = 1;
		this.onopen?.({});
	}
	lose(code = 1006) {
		this.readyState = 3;
		this.onclose?.({ code });
	}
	say(message: Message | { op: string }) {
		this.onmessage?.({ data: JSON.stringify(message) });
	}
}

/** Timers that run when the test says so. */
class Timers {
	#next = 1;
	list = new Map<number, { run: () => void; ms: number }>();
	set = (run: () => void, ms: number) => {
		this.list.set(this.#next, { run, ms });
		return this.#next++;
	};
	clear = (timer: unknown) => void this.list.delete(timer as number);
	delays = () => [...this.list.values()].map(({ ms }) => ms);
	fire(matches: (ms: number) => boolean) {
		for (const [id, timer] of [...this.list]) {
			if (!matches(timer.ms)) continue;
			this.list.delete(id);
			timer.run();
		}
	}
}

let sockets: FakeSocket[];
let timers: Timers;
let offline: boolean[];
let troubles: number;
let socket: Socket;
const last = () => sockets.at(-1) as FakeSocket;
const retry = (ms: number) => ms < 3000 || (ms > 3000 && ms < 10_000) || ms === 15_000;

beforeEach(() => {
	sockets = [];
	offline = [];
	troubles = 0;
	timers = new Timers();
	socket = new Socket({
		open: () => {
			sockets.push(new FakeSocket());
			return last();
		},
		setTimer: timers.set,
		clearTimer: timers.clear,
		random: () => 0.5,
		offline: (away) => offline.push(away),
		trouble: () => (troubles += 1)
	});
	socket.start();
});

describe('Socket', () => {
	it('subscribes when it opens, and at once when it is open', () => {
		socket.subscribe('projects', { receive: () => undefined });
		expect(last().sent).toEqual([]);
		last().accept();
		socket.subscribe('deployment:12:log', { receive: () => undefined, offset: () => 0 });
		expect(last().sent).toEqual([
			{ op: 'subscribe', topic: 'projects' },
			{ op: 'subscribe', topic: 'deployment:12:log', offset: 0 }
		]);
	});

	it('goes on at the exact byte after a loss', () => {
		let bytes = 0;
		socket.subscribe('deployment:12:log', {
			receive: (message) => (bytes = message.next_offset ?? 0),
			offset: () => bytes
		});
		last().accept();
		last().say({ topic: 'deployment:12:log', offset: 0, next_offset: 512, data: 'x' });
		last().lose();
		timers.fire(retry);
		last().accept();
		expect(sockets).toHaveLength(2);
		expect(last().sent).toEqual([{ op: 'subscribe', topic: 'deployment:12:log', offset: 512 }]);
	});

	it('comes back at once when it fell behind', () => {
		last().accept();
		last().lose(1013);
		expect(timers.delays()).toContain(0);
	});

	it('waits longer each time, with chance, up to a quarter of a minute', () => {
		const delays: number[] = [];
		for (let i = 0; i < 8; i += 1) {
			last().lose();
			const delay = timers.delays().find((ms) => ms !== 3000) ?? -1;
			delays.push(delay);
			timers.fire((ms) => ms === delay);
		}
		expect(delays).toEqual([300, 600, 1200, 2400, 4800, 9600, 11_250, 11_250]);
		expect(troubles).toBe(1);
	});

	it('says that it is away only after three seconds, and when it is back', () => {
		last().accept();
		offline = [];
		last().lose();
		expect(offline).toEqual([]);
		timers.fire((ms) => ms === 3000);
		expect(offline).toEqual([true]);
		timers.fire(retry);
		last().accept();
		expect(offline).toEqual([true, false]);
	});

	it('does not say so when it is back sooner', () => {
		last().accept();
		last().lose();
		timers.fire((ms) => ms < 3000);
		last().accept();
		timers.fire((ms) => ms === 3000);
		expect(offline).not.toContain(true);
	});

	it('drops a connection that answers no ping', () => {
		last().accept();
		timers.fire((ms) => ms === 25_000);
		expect(last().sent).toEqual([{ op: 'ping' }]);
		timers.fire((ms) => ms === 10_000);
		expect(sockets[0]?.readyState).toBe(3);
		timers.fire((ms) => ms < 3000);
		expect(sockets).toHaveLength(2);
	});

	it('keeps a connection that answers', () => {
		last().accept();
		timers.fire((ms) => ms === 25_000);
		last().say({ op: 'pong' });
		timers.fire((ms) => ms === 10_000);
		expect(sockets).toHaveLength(1);
	});

	it('tries at once when the tab is looked at again', () => {
		last().accept();
		last().lose();
		socket.wake();
		expect(sockets).toHaveLength(2);
	});

	it('leaves a topic with its last follower', () => {
		last().accept();
		const stops = [1, 2].map(() => socket.subscribe('projects', { receive: () => undefined }));
		stops[0]?.();
		expect(last().sent.some(({ op }) => op === 'unsubscribe')).toBe(false);
		stops[1]?.();
		expect(last().sent.at(-1)).toEqual({ op: 'unsubscribe', topic: 'projects' });
	});

	it('tells followers that cannot resume to read again', () => {
		let again = 0;
		socket.subscribe('projects', { receive: () => undefined, reconnected: () => (again += 1) });
		last().accept();
		expect(again).toBe(0);
		last().lose();
		timers.fire(retry);
		last().accept();
		expect(again).toBe(1);
	});

	it('stays away when it is stopped', () => {
		last().accept();
		socket.stop();
		timers.fire(() => true);
		expect(sockets).toHaveLength(1);
	});
});
