/**
 * What is asked before a rollback. Where scripts run the question is a dialog, whose code is loaded when somebody asks first;
 * elsewhere the same link leads to a page. Made by the layout, passed on by context.
 */
import { getContext, setContext } from 'svelte';
import type { DeploymentSummary } from '#lib/types.ts';

export class Questions {
	/** The release to go back to; null when nothing is asked. */
	rollback = $state.raw<DeploymentSummary | null>(null);
	onFirst: () => void = () => undefined;

	ask(to: DeploymentSummary): void {
		this.onFirst();
		this.rollback = to;
	}

	close(): void {
		this.rollback = null;
	}
}

const key = Symbol('questions');

export const provideQuestions = (questions: Questions): Questions => setContext(key, questions);
export const useQuestions = (): Questions => getContext<Questions>(key);
