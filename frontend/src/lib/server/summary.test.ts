import { describe, expect, it } from 'vitest';
import type { DeploymentSummary } from '#lib/types.ts';
import { recentProjects } from './summary.ts';

const deployment = (changes: Partial<DeploymentSummary>) =>
	({
		id: 12,
		project_id: 3,
		project_name: 'atlas',
		status: 'success',
		is_live: true,
		commit_message: null,
		...changes
	}) as DeploymentSummary;

describe('recent projects', () => {
	it('are each named once, by their newest deployment, and know whether a release is live', () => {
		const rows = [
			deployment({ id: 14, status: 'cancelled', is_live: false }),
			deployment({ id: 13, project_id: 4, project_name: 'borea', is_live: false }),
			deployment({ id: 12 })
		];
		expect(recentProjects(rows).map(({ id, name, live, latest }) => [id, name, live, latest.id])).toEqual([
			[3, 'atlas', true, 14],
			[4, 'borea', false, 13]
		]);
	});
});
