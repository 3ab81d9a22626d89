/** All projects, for jumping to one: read page by page when somebody opens the palette, up to a bound. */
import { apiPaths } from '#lib/paths.ts';
import type { List, Project } from '#lib/types.ts';

const mostPages = 20;

export class ProjectIndex {
	projects = $state.raw<Project[]>([]);

	/** Starts reading; the answer ends it. What cannot be read is missing from the palette, no more. */
	load(): () => void {
		const stop = new AbortController();
		void this.#read(stop.signal).catch(() => undefined);
		return () => stop.abort();
	}

	async #read(signal: AbortSignal): Promise<void> {
		const all: Project[] = [];
		let cursor: string | null = null;
		for (let n = 0; n < mostPages; n += 1) {
			const response: Response = await fetch(apiPaths.projects(cursor), { signal });
			if (!response.ok) return;
			const list = (await response.json()) as List<Project>;
			all.push(...list.items);
			this.projects = [...all];
			cursor = list.next_cursor;
			if (cursor === null) return;
		}
	}
}
