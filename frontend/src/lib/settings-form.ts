/** The build settings as a form: an empty field is `null`, "detect it". Pure. */
import type { Plan, Project } from './types.ts';

export interface SettingField {
	name:
		| 'framework'
		| 'install_command'
		| 'build_command'
		| 'start_command'
		| 'output_dir'
		| 'port'
		| 'dockerfile_path';
	label: string;
	hint: string;
}

export const detectedFields: SettingField[] = [
	{ name: 'framework', label: 'Framework', hint: 'Set it only when detection picks the wrong one.' },
	{ name: 'install_command', label: 'Install command', hint: '' },
	{ name: 'build_command', label: 'Build command', hint: '' },
	{ name: 'start_command', label: 'Start command', hint: 'Servers only.' },
	{ name: 'output_dir', label: 'Output folder', hint: 'What a static site is served from.' },
	{ name: 'port', label: 'Port', hint: 'Where your server listens. It is also told by the variable PORT.' },
	{ name: 'dockerfile_path', label: 'Dockerfile', hint: 'Builds with this file instead of a generated one.' }
];

export type SettingValues = Record<SettingField['name'] | 'name' | 'root_directory' | 'health_path', string>;

export function settingValues(project: Project): SettingValues {
	return {
		name: project.name,
		root_directory: project.root_directory,
		health_path: project.health_path,
		framework: project.framework_pinned ? (project.framework ?? '') : '',
		install_command: project.install_command ?? '',
		build_command: project.build_command ?? '',
		start_command: project.start_command ?? '',
		output_dir: project.output_dir ?? '',
		port: project.port === null ? '' : String(project.port),
		dockerfile_path: project.dockerfile_path ?? ''
	};
}

/** What an empty field stands for: the detected value, where one is known. */
export function detectedValue(plan: Plan | null, name: SettingField['name']): string {
	if (name === 'dockerfile_path' || !plan) return '';
	const value = plan[name];
	return value === null || value === undefined ? '' : String(value);
}

export function settingsFromForm(data: FormData) {
	const text = (name: string) => String(data.get(name) ?? '').trim();
	const values = Object.fromEntries(
		(['name', 'root_directory', 'health_path', ...detectedFields.map((field) => field.name)] as const).map(
			(name) => [name, text(name)]
		)
	) as SettingValues;
	const fields: Record<string, string> = {};
	if (!/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(values.name)) {
		fields.name = 'A name has 1 to 40 of a to z, 0 to 9 and hyphens inside.';
	}
	const port = values.port === '' ? null : Number(values.port);
	if (port !== null && !(Number.isInteger(port) && port >= 1 && port <= 65535)) {
		fields.port = 'A port is a number from 1 to 65535.';
	}
	if (!values.health_path.startsWith('/')) fields.health_path = 'A path begins with /.';
	const orNull = (value: string) => (value === '' ? null : value);
	const settings = {
		name: values.name,
		root_directory: values.root_directory,
		health_path: values.health_path,
		framework: orNull(values.framework),
		install_command: orNull(values.install_command),
		build_command: orNull(values.build_command),
		start_command: orNull(values.start_command),
		output_dir: orNull(values.output_dir),
		port,
		dockerfile_path: orNull(values.dockerfile_path)
	};
	return { settings, fields, values };
}
