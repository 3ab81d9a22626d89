/** How a release goes live and what it may use, as a form. Pure; what is wrong with a figure says the back end. */
import type { Project, ServerLimits } from './types.ts';

export interface Limit {
	name: 'memory_limit_mb' | 'cpu_limit' | 'process_limit';
	label: string;
	hint: string;
}

export const limits: Limit[] = [
	{
		name: 'memory_limit_mb',
		label: 'Memory, in MB',
		hint: 'An app that wants more is ended and started again.'
	},
	{ name: 'cpu_limit', label: 'Processors', hint: '0.5 is half of one. An app that wants more gets slower.' },
	{
		name: 'process_limit',
		label: 'Processes',
		hint: 'Processes and threads together: what a runaway app cannot exceed.'
	}
];

export type ReleaseValues = Record<Limit['name'] | 'watch_seconds' | 'release_strategy', string>;

/** What holds where a project says nothing. */
export const limitText = (defaults: ServerLimits, name: Limit['name']) =>
	String(defaults[name] ?? 'no limit');

const text = (value: number | null) => (value === null ? '' : String(value));

export const releaseValues = (project: Project): ReleaseValues => ({
	release_strategy: project.release_strategy,
	watch_seconds: text(project.watch_seconds),
	memory_limit_mb: text(project.memory_limit_mb),
	cpu_limit: text(project.cpu_limit),
	process_limit: text(project.process_limit)
});

/** What is no number is sent as it was typed: the back end refuses it in its own words, at its field. */
function figure(typed: string): number | string | null {
	if (typed === '') return null;
	const value = Number(typed.replace(',', '.'));
	return Number.isFinite(value) ? value : typed;
}

export function releaseFromForm(data: FormData): {
	values: ReleaseValues;
	settings: Record<string, unknown>;
} {
	const typed = (name: string) => String(data.get(name) ?? '').trim();
	const values: ReleaseValues = {
		release_strategy: typed('release_strategy'),
		watch_seconds: typed('watch_seconds'),
		memory_limit_mb: typed('memory_limit_mb'),
		cpu_limit: typed('cpu_limit'),
		process_limit: typed('process_limit')
	};
	const settings = {
		release_strategy: values.release_strategy,
		// An empty field switches the watch off: it has no default to fall back to.
		watch_seconds: figure(values.watch_seconds) ?? 0,
		memory_limit_mb: figure(values.memory_limit_mb),
		cpu_limit: figure(values.cpu_limit),
		process_limit: figure(values.process_limit)
	};
	return { values, settings };
}
