/**
 * The newest known state of deployments, as the socket tells it. Pages render what the server sent and look here for what
 * has changed since; a click on Deploy is shown here at once and taken back when it is refused.
 */
import { getContext, setContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { topics } from '#lib/paths.ts';
import { isFinal } from '#lib/status.ts';
import type { DeploymentSummary } from '#lib/types.ts';
import type { Socket } from './socket.svelte.ts';

export class LiveDeployments {
	readonly #known = new SvelteMap<number, DeploymentSummary>();
	readonly #newestOf = new SvelteMap<number, number>();
	readonly #asked = new SvelteMap<number, number>();
	/** Called when a deployment ends: what hangs on it (live release, project status) has to be read again. */
	onEnd: ((deployment: DeploymentSummary) => void) | null = null;

	follow(socket: Socket, changed: () => void): () => void {
		return socket.subscribe(topics.projects(), {
			receive: (message) => {
				if (message.data) this.take(message.data as DeploymentSummary);
			},
			reconnected: changed
		});
	}

	take(deployment: DeploymentSummary): void {
		const before = this.#known.get(deployment.id);
		this.#known.set(deployment.id, deployment);
		this.#asked.delete(deployment.project_id);
		if ((this.#newestOf.get(deployment.project_id) ?? 0) < deployment.id) {
			this.#newestOf.set(deployment.project_id, deployment.id);
		}
		if (isFinal(deployment.status) && (!before || !isFinal(before.status))) this.onEnd?.(deployment);
	}

	/** The row that the server sent, or what is known to have become of it. A final state is never undone by an older word. */
	newest<T extends DeploymentSummary>(row: T): T {
		const live = this.#known.get(row.id);
		if (!live || (isFinal(row.status) && !isFinal(live.status))) return row;
		return { ...row, ...live };
	}

	/** The newest deployment of a project: the one sent, or one that began since. */
	latest(projectId: number, sent: DeploymentSummary | null): DeploymentSummary | null {
		const id = this.#newestOf.get(projectId);
		const live = id === undefined ? undefined : this.#known.get(id);
		if (live && (!sent || live.id > sent.id)) return live;
		return sent ? this.newest(sent) : null;
	}

	/** Deployments of a project that began after the page was rendered, newest first. */
	since(projectId: number | null, newestSent: number): DeploymentSummary[] {
		return [...this.#known.values()]
			.filter((row) => row.id > newestSent && (projectId === null || row.project_id === projectId))
			.sort((a, b) => b.id - a.id);
	}

	/** Somebody asked for a deployment; until the answer comes the project counts as queued. */
	ask(projectId: number): () => void {
		this.#asked.set(projectId, (this.#asked.get(projectId) ?? 0) + 1);
		return () => this.#asked.delete(projectId);
	}

	isAsked(projectId: number): boolean {
		return this.#asked.has(projectId);
	}
}

const key = Symbol('deployments');

export const provideDeployments = (live: LiveDeployments): LiveDeployments => setContext(key, live);
export const useDeployments = (): LiveDeployments => getContext<LiveDeployments>(key);
