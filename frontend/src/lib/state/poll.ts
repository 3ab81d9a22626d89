/** Asks an address of the back end again and again, only while the tab is looked at. The answer ends it. */
export function poll(url: string, everyMs: number, take: (body: unknown) => void): () => void {
	const stop = new AbortController();
	let timer: ReturnType<typeof setTimeout> | undefined;

	const ask = async () => {
		clearTimeout(timer);
		if (document.visibilityState === 'visible') {
			try {
				const response = await fetch(url, { signal: stop.signal, headers: { accept: 'application/json' } });
				if (response.ok) take(await response.json());
			} catch {
				if (stop.signal.aborted) return;
			}
		}
		if (!stop.signal.aborted) timer = setTimeout(ask, everyMs);
	};
	const look = () => document.visibilityState === 'visible' && void ask();

	timer = setTimeout(ask, everyMs);
	document.addEventListener('visibilitychange', look);
	return () => {
		stop.abort();
		clearTimeout(timer);
		document.removeEventListener('visibilitychange', look);
	};
}
