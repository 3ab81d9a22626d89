import { describe, expect, it } from 'vitest';
import type { DeploymentSummary } from '#lib/types.ts';
import { LiveDeployments } from './deployments.svelte.ts';

const readAt = Date.parse('2026-05-04T10:00:00Z');
const row = (changes: Partial<DeploymentSummary>) =>
	({
		id: 1,
		project_id: 1,
		status: 'success',
		watch: 'none',
		is_pinned: false,
		...changes
	}) as DeploymentSummary;

function following() {
	const news = { count: 0 };
	const live = new LiveDeployments(
		() => readAt,
		() => (news.count += 1)
	);
	return { live, news };
}

describe('LiveDeployments', () => {
	it('takes what ended before the page was read for no news, and what ended since for news', () => {
		const { live, news } = following();
		live.take(row({ id: 1, completed_at: '2026-05-04T09:00:00.000Z' }));
		live.take(row({ id: 2, status: 'failed', completed_at: '2026-05-04T09:59:00.000Z' }));
		live.take(row({ id: 3, status: 'building', completed_at: null }));
		expect(news.count).toBe(0);
		live.take(row({ id: 4, completed_at: '2026-05-04T10:00:00.250Z' }));
		live.take(row({ id: 3, status: 'success', completed_at: '2026-05-04T10:00:01.000Z' }));
		expect(news.count).toBe(2);
	});
	it('tells of the end of a watch and of a pin that changes, once', () => {
		const { live, news } = following();
		const ended = { completed_at: '2026-05-04T09:00:00.000Z' };
		live.take(row({ watch: 'watching', ...ended }));
		live.take(row({ watch: 'passed', ...ended }));
		live.take(row({ watch: 'passed', ...ended }));
		expect(news.count).toBe(1);
		live.take(row({ watch: 'passed', is_pinned: true, ...ended }));
		live.take(row({ watch: 'passed', is_pinned: true, ...ended }));
		expect(news.count).toBe(2);
	});
});
