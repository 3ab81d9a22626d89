/**
 * A log in memory: its bytes in chunks of one megabyte and where each line begins. No object for each line, so a million lines
 * cost about what their text costs. A line is decoded when somebody looks at it.
 */
import { stripAnsi } from './ansi.ts';
import { levelOf, splitTime, type Level } from './line.ts';

const chunkSize = 1 << 20;
const newline = 10;

/** Numbers that grow without copying on each addition. */
class Offsets {
	#values = new Float64Array(1024);
	length = 0;

	push(value: number): void {
		if (this.length === this.#values.length) {
			const larger = new Float64Array(this.length * 2);
			larger.set(this.#values);
			this.#values = larger;
		}
		this.#values[this.length] = value;
		this.length += 1;
	}

	at(index: number): number {
		return this.#values[index] ?? 0;
	}

	clear(): void {
		this.length = 0;
	}
}

export class LogStore {
	readonly #chunks: Uint8Array[] = [];
	readonly #starts = new Offsets();
	readonly #errors = new Offsets();
	readonly #warnings = new Offsets();
	readonly #encoder = new TextEncoder();
	readonly #decoder = new TextDecoder();
	/** Lines whose level is known: all complete ones. */
	#classified = 0;
	#length = 0;
	#openLine = false;

	/** Bytes held, which is the offset of the next byte. */
	get byteLength(): number {
		return this.#length;
	}

	/** Lines begun; the last may still grow. */
	get lineCount(): number {
		return this.#starts.length;
	}

	get errorCount(): number {
		return this.#errors.length;
	}

	get warningCount(): number {
		return this.#warnings.length;
	}

	levelLine(level: 'error' | 'warn', index: number): number {
		return (level === 'error' ? this.#errors : this.#warnings).at(index);
	}

	/**
	 * Adds what begins at `offset`. Bytes that are here already are passed over; a gap is refused (false): the caller asks
	 * again from `byteLength`.
	 */
	appendAt(offset: number, piece: Uint8Array | string): boolean {
		const bytes = typeof piece === 'string' ? this.#encoder.encode(piece) : piece;
		if (offset > this.#length) return false;
		const known = this.#length - offset;
		if (known < bytes.length) this.append(known > 0 ? bytes.subarray(known) : bytes);
		return true;
	}

	append(piece: Uint8Array | string): void {
		const bytes = typeof piece === 'string' ? this.#encoder.encode(piece) : piece;
		this.#indexLines(bytes);
		this.#write(bytes);
		this.#classify();
	}

	clear(): void {
		this.#chunks.length = 0;
		this.#starts.clear();
		this.#errors.clear();
		this.#warnings.clear();
		this.#classified = 0;
		this.#length = 0;
		this.#openLine = false;
	}

	#indexLines(bytes: Uint8Array): void {
		let from = 0;
		while (from < bytes.length) {
			if (!this.#openLine) this.#starts.push(this.#length + from);
			const end = bytes.indexOf(newline, from);
			this.#openLine = end === -1;
			if (end === -1) return;
			from = end + 1;
		}
	}

	#write(bytes: Uint8Array): void {
		let from = 0;
		while (from < bytes.length) {
			const room = this.#length % chunkSize;
			if (room === 0) this.#chunks.push(new Uint8Array(chunkSize));
			const part = bytes.subarray(from, from + chunkSize - room);
			this.#chunks.at(-1)?.set(part, room);
			this.#length += part.length;
			from += part.length;
		}
	}

	#classify(): void {
		const complete = this.lineCount - (this.#openLine ? 1 : 0);
		for (; this.#classified < complete; this.#classified += 1) {
			const level = this.#levelOf(this.#classified);
			if (level === 'error') this.#errors.push(this.#classified);
			else if (level === 'warn') this.#warnings.push(this.#classified);
		}
	}

	#levelOf(index: number): Level {
		const start = this.#starts.at(index);
		const text = this.#decode(start, Math.min(this.#endOf(index), start + 200));
		return levelOf(stripAnsi(splitTime(text).text));
	}

	#endOf(index: number): number {
		const last = index + 1 >= this.lineCount;
		if (!last) return this.#starts.at(index + 1) - 1;
		return this.#length - (this.#openLine ? 0 : 1);
	}

	/** Line `index`, from 0, without its newline. */
	line(index: number): string {
		if (index < 0 || index >= this.lineCount) return '';
		return this.#decode(this.#starts.at(index), this.#endOf(index));
	}

	/** Lines [from, to) joined by newlines: one decode for many lines. */
	lines(from: number, to: number): string {
		const last = Math.min(to, this.lineCount) - 1;
		if (from > last) return '';
		return this.#decode(this.#starts.at(from), this.#endOf(last));
	}

	#decode(start: number, end: number): string {
		const first = Math.floor(start / chunkSize);
		const last = Math.floor(Math.max(start, end - 1) / chunkSize);
		if (first === last) {
			return this.#decoder.decode(
				this.#chunks[first]?.subarray(start % chunkSize, (start % chunkSize) + end - start)
			);
		}
		const joined = new Uint8Array(end - start);
		for (let at = start; at < end;) {
			const within = at % chunkSize;
			const part = this.#chunks[Math.floor(at / chunkSize)]?.subarray(
				within,
				Math.min(chunkSize, within + end - at)
			);
			if (!part) break;
			joined.set(part, at - start);
			at += part.length;
		}
		return this.#decoder.decode(joined);
	}

	/** The first line at or after `time` (ISO 8601), or -1. Lines are in the order of their times. */
	lineAt(time: string): number {
		const wanted = Date.parse(time);
		let low = 0;
		let high = this.lineCount;
		while (low < high) {
			const middle = (low + high) >> 1;
			const stamp = splitTime(this.line(middle)).time;
			if (stamp !== null && Date.parse(stamp) < wanted) low = middle + 1;
			else high = middle;
		}
		return low < this.lineCount ? low : -1;
	}
}
