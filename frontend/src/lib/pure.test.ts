import { describe, expect, it } from 'vitest';
import { attention } from './attention.ts';
import { domainProblem } from './domain-name.ts';
import { ago, bytes, bytesOf, clock, duration } from './format.ts';
import { commitUrl, nameFromGitUrl, safeNext, shortGitUrl } from './paths.ts';
import { changedSettings, planRows } from './plan-form.ts';
import { foldSteps } from './stages.ts';
import { settingsFromForm } from './settings-form.ts';
import type { Plan, Step } from './types.ts';

describe('format', () => {
	it('counts like a clock', () =>
		expect([clock(31), clock(724), clock(3723)]).toEqual(['0:31', '12:04', '1:02:03']));
	it('names durations', () =>
		expect([0.21, 34.6, 41, 125, 120, 3840, null].map(duration)).toEqual([
			'0.2 s',
			'34.6 s',
			'41 s',
			'2 min 5 s',
			'2 min',
			'1 h 4 min',
			'–'
		]));
	it('names sizes', () =>
		expect([512, 18.2 * 1024, 2 ** 30].map(bytes)).toEqual(['512 B', '18.2 KB', '1 GB']));
	it('compares sizes', () => expect(bytesOf(5.1 * 2 ** 30, 8 * 2 ** 30)).toBe('5.1 / 8 GB'));
	it('says how long ago', () => {
		const now = Date.parse('2026-01-31T12:00:00Z');
		expect(
			[
				'2026-01-31T11:59:50Z',
				'2026-01-31T11:56:00Z',
				'2026-01-31T10:00:00Z',
				'2026-01-28T12:00:00Z',
				null
			].map((t) => ago(t, now))
		).toEqual(['now', '4m ago', '2h ago', '3d ago', '–']);
	});
});

describe('safeNext', () => {
	it.each(['/projects', '/projects/3/deployments/12?x=1#L214', '/'])('follows %s', (path) =>
		expect(safeNext(path)).toBe(path)
	);
	it.each([
		'https://evil.example.com',
		'//evil.example.com',
		'/\\evil.example.com',
		'/\t/evil.example.com',
		'javascript:alert(1)',
		'/a/..//evil.example.com',
		'/login?next=/login',
		'projects',
		'',
		null
	])('does not follow %s', (path) => expect(safeNext(path)).toBe('/'));
});

describe('git addresses', () => {
	it('become names', () => {
		expect(nameFromGitUrl('https://git.example.com/Acme/Atlas_Web.git')).toBe('atlas-web');
		expect(nameFromGitUrl('git@git.example.com:acme/--x--.git/')).toBe('x');
		expect(nameFromGitUrl(`https://git.example.com/${'a'.repeat(60)}`)).toHaveLength(40);
	});
	it('are shown short', () =>
		expect(shortGitUrl('https://u:p@git.example.com/a/b.git')).toBe('git.example.com/a/b'));
	it('give the page of a commit where it is known', () => {
		expect(commitUrl('git@github.com:acme/x.git', 'abc')).toBe('https://github.com/acme/x/commit/abc');
		expect(commitUrl('https://gitlab.com/a/b/c', 'abc')).toBe('https://gitlab.com/a/b/c/-/commit/abc');
		expect(commitUrl('https://git.example.com/a/b', 'abc')).toBeNull();
	});
});

const plan: Plan = {
	framework: 'sveltekit',
	framework_name: 'SvelteKit',
	language: 'javascript',
	package_manager: 'pnpm',
	kind: 'server',
	install_command: 'pnpm install',
	build_command: 'pnpm run build',
	start_command: 'node build',
	output_dir: null,
	port: 3000,
	runtime: 'node',
	runtime_version: '24',
	single_page_app: false,
	fallback_page: null,
	dockerfile_path: null,
	root_directory: '',
	environment_keys: [],
	warnings: [],
	evidence: [
		{
			field: 'install_command',
			value: 'pnpm install',
			source: 'lockfile',
			file: 'pnpm-lock.yaml',
			detail: ''
		}
	]
};
const typed = {
	install_command: 'pnpm install',
	build_command: ' pnpm run build ',
	start_command: 'node server',
	output_dir: '',
	port: '3000'
};

describe('the plan', () => {
	it('is shown with its evidence', () =>
		expect(planRows(plan)[0]).toMatchObject({
			detected: 'pnpm install',
			source: 'lockfile',
			detail: 'pnpm-lock.yaml'
		}));
	it('has no start command for static sites', () =>
		expect(planRows({ ...plan, kind: 'static' }).map((row) => row.field)).not.toContain('start_command'));
	it('sends only what differs', () =>
		expect(changedSettings(plan, typed)).toEqual({ settings: { start_command: 'node server' }, fields: {} }));
	it('refuses a port that is none', () =>
		expect(changedSettings(plan, { ...typed, port: '99999' }).fields).toHaveProperty('port'));
});

describe('settings', () => {
	it('turn empty fields into "detected"', () => {
		const data = new FormData();
		for (const [name, value] of [
			['name', 'atlas'],
			['health_path', '/'],
			['port', ''],
			['build_command', 'make']
		])
			data.set(name as string, value as string);
		const { settings, fields } = settingsFromForm(data);
		expect(fields).toEqual({});
		expect(settings).toMatchObject({ port: null, build_command: 'make', install_command: null });
	});
});

describe('foldSteps', () => {
	const step = (name: Step['name'], status: Step['status'], duration_ms: number | null = null): Step => ({
		name,
		status,
		started_at: status === 'pending' || status === 'skipped' ? null : '2026-01-31T09:05:00.000Z',
		duration_ms
	});
	it('adds the parts of a stage and names the one that runs', () => {
		const stages = foldSteps([step('start', 'success', 800), step('health', 'running')]);
		expect(stages[4]).toMatchObject({
			name: 'Release',
			status: 'running',
			durationMs: 800,
			detail: 'health'
		});
		expect(stages[0]?.status).toBe('pending');
	});
	it('shows a failed part, skipped stages and static sites', () => {
		expect(foldSteps([step('start', 'success'), step('health', 'failed')])[4]?.status).toBe('failed');
		expect(foldSteps([step('clone', 'skipped')])[1]?.status).toBe('skipped');
		expect(foldSteps([step('start', 'skipped'), step('health', 'success', 5)])[4]?.status).toBe('success');
	});
});

describe('attention', () => {
	it('tells of a disk that fills', () => {
		const server = {
			hostname: 'a',
			version: '',
			cpu_percent: 1,
			cpu_count: 2,
			memory_used_bytes: 1,
			memory_total_bytes: 2,
			disk_used_bytes: 90,
			disk_total_bytes: 100,
			warnings: ['old engine'],
			app_limits: { memory_limit_mb: 512, cpu_limit: null, process_limit: 512 },
			build_limits: { memory_limit_mb: null, cpu_limit: null, process_limit: null, slots: 1 }
		};
		expect(attention([], server, true).map((item) => item.text)).toEqual([
			'The disk is 90% full.',
			'old engine'
		]);
	});
});

describe('domainProblem', () => {
	it.each(['app.example.com', 'a-b.example.co', 'xn--bcher-kva.example'])('%s is one', (name) =>
		expect(domainProblem(name)).toBeNull()
	);
	it.each([
		'',
		'localhost',
		'a_b.example.com',
		'-a.example.com',
		'a..com',
		'10.0.0.1',
		'a.com:80',
		`${'a'.repeat(64)}.com`
	])('%s is none', (name) => expect(domainProblem(name)).not.toBeNull());
});
