/** One deployment with its steps, as the socket tells it while somebody looks at its page. */
import { topics } from '#lib/paths.ts';
import { progressOf } from '#lib/status.ts';
import type { Deployment } from '#lib/types.ts';
import type { Connection } from './connection.svelte.ts';

export class FollowedDeployment {
	readonly #id: number;
	#latest = $state.raw<Deployment | null>(null);

	constructor(id: number) {
		this.#id = id;
	}

	start(connection: Connection): () => void {
		return connection.subscribe(topics.deployment(this.#id), {
			receive: (message) => {
				if (message.data) this.#latest = message.data as Deployment;
			}
		});
	}

	/** What the page was rendered with, or what has been told since; an older word takes nothing back. */
	merge<T extends Omit<Deployment, 'plan'>>(sent: T): T {
		const latest = this.#latest;
		if (!latest || progressOf(latest) < progressOf(sent)) return sent;
		return { ...sent, ...latest };
	}
}
