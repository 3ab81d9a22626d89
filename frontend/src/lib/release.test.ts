import { describe, expect, it } from 'vitest';
import { attention } from './attention.ts';
import { diskParts, forecast, removableBytes } from './disk.ts';
import { projectNotices } from './project-notices.ts';
import { limitText, releaseFromForm } from './release-form.ts';
import { foldSteps, slotWait, watchStage } from './stages.ts';
import { isSettled, progressOf, projectState } from './status.ts';
import { triggerText } from './trigger.ts';
import { missingParts, waitsFor } from './waiting.ts';
import type { DeploymentSummary, ProjectSummary } from './types.ts';

const deployment = (changes: Partial<DeploymentSummary>): DeploymentSummary => ({
	id: 12,
	project_id: 3,
	project_name: 'atlas',
	commit_hash: null,
	commit_message: null,
	commit_author: null,
	branch: 'main',
	status: 'success',
	triggered_by: 'manual',
	rollback_of: null,
	is_live: true,
	can_roll_back: true,
	is_pinned: false,
	started_at: null,
	completed_at: '2026-01-31T09:05:00.000Z',
	duration: 3,
	error_message: null,
	created_at: '2026-01-31T09:05:00.000Z',
	url: null,
	watch: 'none',
	watch_until: null,
	switch_back_of: null,
	...changes
});
const switchBack = deployment({ id: 13, triggered_by: 'rollback', rollback_of: 11, switch_back_of: 12 });

describe('the watch over a release', () => {
	it('is not over when the deployment is', () => {
		expect(isSettled(deployment({ watch: 'watching' }))).toBe(false);
		expect(isSettled(deployment({ watch: 'passed' }))).toBe(true);
		expect(isSettled(deployment({ status: 'failed', watch: 'failed' }))).toBe(true);
	});
	it('comes after all steps, so that an older word takes nothing back', () => {
		const states = [
			deployment({ status: 'pending' }),
			deployment({ status: 'building' }),
			deployment({ status: 'deploying' }),
			deployment({ watch: 'watching' }),
			deployment({ status: 'failed', watch: 'failed' })
		].map(progressOf);
		expect(states).toEqual([...states].sort((a, b) => a - b));
		expect(new Set(states).size).toBe(5);
	});
	it('is a stage of its own, where there is one', () => {
		expect(foldSteps([])).toHaveLength(6);
		expect(watchStage(deployment({}))).toEqual([]);
		expect(watchStage(deployment({ watch: 'watching' }))[0]).toMatchObject({
			name: 'Watch',
			status: 'running'
		});
		expect(watchStage(deployment({ watch: 'failed' }))[0]?.status).toBe('failed');
	});
});

describe('an automatic switch-back', () => {
	it('is told wherever the project is', () => {
		expect(projectState({ status: 'active' }, switchBack)).toMatchObject({
			word: 'Switched back',
			tone: 'err'
		});
		expect(projectState({ status: 'active' }, { ...switchBack, status: 'deploying' }).word).toBe(
			'Switching back'
		);
		expect(triggerText(switchBack)).toBe('by itself, 12 had failed');
		const project = { id: 3, name: 'atlas', latest: switchBack, live_deployment_id: 13 } as ProjectSummary;
		const [item] = attention([project], null, false);
		expect(item?.text).toContain('Deployment 12 went live, then failed.');
		expect(item?.note).toBe('Visitors get deployment 11 again.');
		expect(item?.action?.href).toBe('/projects/3/deployments/12');
	});
	it('is forgotten with the next deployment', () =>
		expect(projectState({ status: 'active' }, deployment({ id: 14 })).word).toBe('Live'));
});

describe('the notices of a project', () => {
	const project = { id: 3, pinned_deployment_id: null, status_reason: null };
	it('are none where all is well', () => expect(projectNotices(project, deployment({}))).toEqual([]));
	it('tell a pin and offer to release it', () =>
		expect(projectNotices({ ...project, pinned_deployment_id: 12 }, null)).toEqual([
			expect.objectContaining({
				before: 'Pinned to ',
				link: expect.objectContaining({ text: '#12' }),
				releases: true
			})
		]));
	it('tell why it is down, and a switch-back, one after the other', () => {
		const [down, back] = projectNotices(
			{ ...project, status_reason: 'It ended five times in a row.' },
			switchBack
		);
		expect(down?.before).toBe('It ended five times in a row.');
		expect(back?.after).toContain('visitors get deployment 11 again');
	});
});

describe('what a queued deployment waits for', () => {
	const queued = deployment({ id: 20, status: 'pending' });
	const ready = { status: 'ready', checks: { database: 'ok', docker: 'ok' } };
	it('is a part that does not answer, before all else', () => {
		const down = { status: 'not_ready', checks: { docker: 'Docker does not answer in time.' } };
		expect(missingParts(down)).toEqual([{ part: 'Docker', problem: 'Docker does not answer in time.' }]);
		expect(waitsFor(queued, [deployment({ id: 19, status: 'building' })], down).text).toContain(
			'Docker does not answer'
		);
	});
	it('is the deployment of its project that runs', () =>
		expect(waitsFor(queued, [deployment({ id: 19, status: 'building' })], ready).on).toEqual({
			project: 3,
			deployment: 19
		}));
	it('is room beside those of other projects', () =>
		expect(
			waitsFor(queued, [deployment({ id: 19, project_id: 4, status: 'building' })], ready).text
		).toContain('as soon as there is room'));
	it('is a place to build in, as the newest line of the log says', () => {
		const line = '2026-01-31T09:05:00.123Z ==> Waiting for a build slot: another build runs.\n';
		expect(slotWait(line)).toBe('another build runs.');
		expect(slotWait('2026-01-31T09:05:09.123Z ==> Building')).toBeNull();
	});
	it('is the worker otherwise', () => {
		expect(waitsFor(queued, [deployment({}), queued], ready).text).toContain('the worker');
		expect(waitsFor(queued, [], null).text).toContain('written down');
	});
});

describe('release settings', () => {
	const form = (values: Record<string, string>) => {
		const data = new FormData();
		for (const [name, value] of Object.entries(values)) data.set(name, value);
		return releaseFromForm(data).settings;
	};
	it('make empty limits the default of the server', () =>
		expect(form({ release_strategy: 'blue_green', watch_seconds: '30', cpu_limit: '0,5' })).toEqual({
			release_strategy: 'blue_green',
			watch_seconds: 30,
			memory_limit_mb: null,
			cpu_limit: 0.5,
			process_limit: null
		}));
	it('leave what is no number to the back end', () =>
		expect(form({ memory_limit_mb: 'a lot' }).memory_limit_mb).toBe('a lot'));
});

describe('limits of the server', () => {
	const defaults = { memory_limit_mb: 512, cpu_limit: null, process_limit: 512 };
	it('are shown where a project sets none', () => expect(limitText(defaults, 'memory_limit_mb')).toBe('512'));
	it('are named where there is none', () => expect(limitText(defaults, 'cpu_limit')).toBe('no limit'));
});

describe('the disk', () => {
	const disk = {
		total_bytes: 1000,
		free_bytes: 400,
		reserve_bytes: 50,
		categories: [
			{ name: 'images' as const, bytes: 250, budget_bytes: 500 },
			{ name: 'logs' as const, bytes: 100, budget_bytes: null }
		]
	};
	it('is a bar of what the panel keeps and holds back, and of all that is not its own', () =>
		expect(diskParts(disk).map(({ name, from, width }) => [name, from, width])).toEqual([
			['images', 0, 25],
			['logs', 25, 10],
			['reserve', 35, 5],
			['other', 40, 20]
		]));
	it('is no longer than it is, whatever was measured when', () => {
		const parts = diskParts({ ...disk, free_bytes: 900, total_bytes: 300 });
		expect(parts.at(-1)).toMatchObject({ bytes: 0 });
		expect(parts.reduce((sum, { width }) => sum + width, 0)).toBeLessThanOrEqual(100);
	});
	it('has a forecast in days', () => {
		const now = Date.parse('2026-01-01T00:00:00Z');
		expect(forecast(null, now)).toContain('does not fill up');
		expect(forecast('2026-01-13T12:00:00.000Z', now)).toContain('in 12 days, on 2026-01-13');
		expect(forecast('2026-01-01T05:00:00.000Z', now)).toContain('within a day');
	});
	it('adds up what can go', () =>
		expect(
			removableBytes(
				[1, 2].map((bytes) => ({
					kind: 'image' as const,
					name: `${bytes}`,
					project_id: null,
					bytes,
					reason: ''
				}))
			)
		).toBe(3));
});
