/** Keeps the last lines of a byte stream, and counts those that it lets go. */

export interface TailText {
	text: string;
	/** The number of the first line of `text`, from 1. */
	firstLine: number;
	/** The byte at which `text` begins, and the one after its end. */
	offset: number;
	nextOffset: number;
}

const newline = 10;

export class LogTail {
	readonly #keep: number;
	#bytes: Uint8Array = new Uint8Array(0);
	#dropped = 0;
	#offset = 0;

	constructor(lines: number) {
		this.#keep = lines;
	}

	push(piece: Uint8Array): void {
		const joined = new Uint8Array(this.#bytes.length + piece.length);
		joined.set(this.#bytes);
		joined.set(piece, this.#bytes.length);
		const from = this.#startOfTail(joined);
		for (let i = 0; i < from; i += 1) if (joined[i] === newline) this.#dropped += 1;
		this.#offset += from;
		this.#bytes = joined.subarray(from);
	}

	#startOfTail(bytes: Uint8Array): number {
		let seen = 0;
		// A newline at the very end closes the last line; it begins no other.
		for (let i = bytes.length - 2; i >= 0; i -= 1) {
			if (bytes[i] === newline && (seen += 1) === this.#keep) return i + 1;
		}
		return 0;
	}

	result(): TailText {
		return {
			text: new TextDecoder().decode(this.#bytes),
			firstLine: this.#dropped + 1,
			offset: this.#offset,
			nextOffset: this.#offset + this.#bytes.length
		};
	}
}
