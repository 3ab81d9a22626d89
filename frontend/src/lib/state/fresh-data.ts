/**
 * Reads what the page was rendered with again when news comes: once at a time, however much comes at once. A read that a
 * navigation overtakes, or that falls into one, is dropped by the router: it is made up for when the navigation is over.
 */
export class FreshData {
	readonly #read: () => Promise<void>;
	readonly #isNavigating: () => boolean;
	#wanted = false;
	#reading = false;

	constructor(read: () => Promise<void>, isNavigating: () => boolean) {
		this.#read = read;
		this.#isNavigating = isNavigating;
	}

	/** Something that pages show has changed. What is being read at the moment may be too old to know it. */
	changed(): void {
		this.#wanted = true;
		if (!this.#reading) void this.#readAll();
	}

	/** A navigation is over. */
	navigated(): void {
		if (this.#wanted || this.#reading) this.changed();
	}

	async #readAll(): Promise<void> {
		this.#reading = true;
		try {
			while (this.#wanted && !this.#isNavigating()) {
				this.#wanted = false;
				await this.#read();
			}
		} catch {
			// The page stays as it was; that the panel is away is said elsewhere, and coming back is news again.
		} finally {
			this.#reading = false;
		}
	}
}
