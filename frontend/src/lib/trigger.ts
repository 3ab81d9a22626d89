/** Who or what started a deployment, as a short phrase. */
import type { DeploymentSummary } from './types.ts';

type Trigger = Pick<DeploymentSummary, 'triggered_by' | 'commit_author' | 'rollback_of' | 'switch_back_of'>;

export function triggerText({ triggered_by, commit_author, rollback_of, switch_back_of }: Trigger): string {
	if (switch_back_of) return `by itself, ${switch_back_of} had failed`;
	switch (triggered_by) {
		case 'webhook':
			return commit_author ? `push by ${commit_author}` : 'by push';
		case 'rollback':
			return rollback_of ? `rollback to ${rollback_of}` : 'rollback';
		case 'api':
			return 'by API';
		case 'schedule':
			return 'by schedule';
		default:
			return commit_author ? `by ${commit_author}` : 'by hand';
	}
}
