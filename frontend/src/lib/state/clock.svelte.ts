/** The present time of the server, in steps of a second. The first value is the one the page was rendered with. */
import { getContext, setContext } from 'svelte';

export class Clock {
	now = $state(0);
	#skew = 0;

	constructor(serverNow: number) {
		this.now = serverNow;
	}

	/** Starts ticking in the browser; the answer stops it. */
	start(serverNow: number): () => void {
		this.#skew = serverNow - Date.now();
		// An answer that took long on its way must not set the clock back by hours of a sleeping tab.
		if (Math.abs(this.#skew) < 2_000) this.#skew = 0;
		const tick = () => {
			if (document.visibilityState === 'visible') this.now = Date.now() + this.#skew;
		};
		const timer = setInterval(tick, 1000);
		return () => clearInterval(timer);
	}
}

const key = Symbol('clock');

export const provideClock = (clock: Clock): Clock => setContext(key, clock);
export const useClock = (): Clock => getContext<Clock>(key);
