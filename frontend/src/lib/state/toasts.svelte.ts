/** Short words about results that cannot be seen where somebody looks. */
import { getContext, setContext } from 'svelte';

export interface Toast {
	id: number;
	text: string;
	tone: 'ok' | 'err' | 'plain';
	action?: { label: string; run: () => void };
}

export class Toasts {
	list = $state<Toast[]>([]);
	/** What shows them is loaded when there is one. */
	onFirst: () => void = () => undefined;
	#next = 1;

	show(text: string, tone: Toast['tone'] = 'plain', action?: Toast['action']): void {
		const id = this.#next;
		if (id === 1) this.onFirst();
		this.#next += 1;
		this.list.push({ id, text, tone, action });
		if (this.list.length > 3) this.list.shift();
		setTimeout(() => this.close(id), action || tone === 'err' ? 10_000 : 5_000);
	}

	close(id: number): void {
		this.list = this.list.filter((toast) => toast.id !== id);
	}
}

const key = Symbol('toasts');

export const provideToasts = (toasts: Toasts): Toasts => setContext(key, toasts);
export const useToasts = (): Toasts => getContext<Toasts>(key);
