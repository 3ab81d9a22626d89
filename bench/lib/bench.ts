/** What every figure gets: the options, one stack that is started when the first needs it, and somewhere to say things. */
import type { Options } from './options.ts';
import type { Row } from './report.ts';
import { Stack } from './stack.ts';

export class Bench {
	readonly options: Options;
	/** What makes the whole run fail. */
	readonly failures: string[] = [];
	#stack: Promise<Stack> | null = null;

	constructor(options: Options) {
		this.options = options;
	}

	stack(): Promise<Stack> {
		this.#stack ??= Stack.start();
		return this.#stack;
	}

	say(text: string): void {
		process.stderr.write(`${text}\n`);
	}

	fail(reason: string): void {
		this.failures.push(reason);
		this.say(`  ${reason}`);
	}

	async stop(): Promise<void> {
		const stack = await this.#stack?.catch(() => null);
		await stack?.stop();
	}
}

export type Figure = (bench: Bench) => Promise<Row[]>;
