/**
 * Asks an address of the back end again and again, only while the tab is looked at; the first time after `firstMs`, or as
 * long as between any two. `missed` is told when nothing answers. The returned function ends it.
 */
export function poll(
	url: string,
	everyMs: number,
	take: (body: unknown, status: number) => void,
	{ missed, firstMs = everyMs }: { missed?: () => void; firstMs?: number } = {}
): () => void {
	const stop = new AbortController();
	let timer: ReturnType<typeof setTimeout> | undefined;

	const ask = async () => {
		clearTimeout(timer);
		if (document.visibilityState === 'visible') {
			try {
				const response = await fetch(url, { signal: stop.signal, headers: { accept: 'application/json' } });
				const json = response.headers.get('content-type')?.includes('json');
				// Who wants to hear of failures as well is told by `missed` that there is no answer to read.
				if (response.ok || (missed && json)) take(await response.json(), response.status);
				else missed?.();
			} catch {
				if (stop.signal.aborted) return;
				missed?.();
			}
		}
		if (!stop.signal.aborted) timer = setTimeout(ask, everyMs);
	};
	const look = () => document.visibilityState === 'visible' && void ask();

	timer = setTimeout(ask, firstMs);
	document.addEventListener('visibilitychange', look);
	return () => {
		stop.abort();
		clearTimeout(timer);
		document.removeEventListener('visibilitychange', look);
	};
}
