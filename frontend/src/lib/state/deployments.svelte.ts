/**
 * The newest known state of deployments, as the socket tells it. Pages render what the server sent and look here for what
 * has changed since; a click on Deploy is shown here at once and taken back when it is refused.
 */
import { getContext, setContext } from 'svelte';
import { topics } from '#lib/paths.ts';
import { isFinal, isSettled, progressOf } from '#lib/status.ts';
import type { DeploymentSummary } from '#lib/types.ts';
import type { Connection } from './connection.svelte.ts';

/** A page's data may be this much older than the time it carries: it took that long to be put together. */
const readingMs = 2000;

export class LiveDeployments {
	/** By id. Replaced as a whole at each change: a few dozen entries, and no reactive map to load. */
	#known = $state.raw<Record<number, DeploymentSummary>>({});
	/** Projects for which somebody asked for a deployment that is not told of yet. */
	#asked = $state.raw<number[]>([]);
	readonly #readAt: () => number;
	readonly #changed: () => void;

	/**
	 * `readAt`: when the pages' data was read, in milliseconds of the server's clock. `changed` is called when a deployment or
	 * the watch over it ends, or a pin changes: what hangs on it (live release, project status) has to be read again.
	 */
	constructor(readAt: () => number, changed: () => void) {
		this.#readAt = readAt;
		this.#changed = changed;
	}

	follow(connection: Connection): () => void {
		return connection.subscribe(topics.projects(), {
			receive: (message) => {
				if (message.data) this.take(message.data as DeploymentSummary);
			},
			reconnected: this.#changed
		});
	}

	take(deployment: DeploymentSummary): void {
		const before = this.#known[deployment.id];
		this.#known = { ...this.#known, [deployment.id]: deployment };
		this.#asked = this.#asked.filter((id) => id !== deployment.project_id);
		const ended =
			isFinal(deployment.status) && (before ? !isFinal(before.status) : this.#endedSince(deployment));
		const settled = before?.watch === 'watching' && isSettled(deployment);
		const pinned = before && before.is_pinned !== deployment.is_pinned;
		if (ended || settled || pinned) this.#changed();
	}

	/** The first word about a deployment is mostly of one that ended long before the page was read: no news. */
	#endedSince({ completed_at }: DeploymentSummary): boolean {
		return completed_at !== null && Date.parse(completed_at) > this.#readAt() - readingMs;
	}

	/** The row that the server sent, or what is known to have become of it. A later state is never undone by an older word. */
	newest<T extends DeploymentSummary>(row: T): T {
		const live = this.#known[row.id];
		if (!live || isSettled(row) || progressOf(live) < progressOf(row)) return row;
		return { ...row, ...live };
	}

	/** The newest deployment of a project: the one sent, or one that began since. */
	latest(projectId: number, sent: DeploymentSummary | null): DeploymentSummary | null {
		return this.since(projectId, sent?.id ?? 0)[0] ?? (sent ? this.newest(sent) : null);
	}

	/** Deployments (of one project, or of all) that began after the page was rendered, newest first. */
	since(projectId: number | null, newestSent: number): DeploymentSummary[] {
		return Object.values(this.#known)
			.filter((row) => row.id > newestSent && (projectId === null || row.project_id === projectId))
			.sort((a, b) => b.id - a.id);
	}

	/** Somebody asked for a deployment; until the answer comes the project counts as queued. The answer takes it back. */
	ask(projectId: number): () => void {
		this.#asked = [...this.#asked, projectId];
		return () => {
			this.#asked = this.#asked.filter((id) => id !== projectId);
		};
	}

	isAsked(projectId: number): boolean {
		return this.#asked.includes(projectId);
	}
}

const key = Symbol('deployments');

export const provideDeployments = (live: LiveDeployments): LiveDeployments => setContext(key, live);
export const useDeployments = (): LiveDeployments => getContext<LiveDeployments>(key);
