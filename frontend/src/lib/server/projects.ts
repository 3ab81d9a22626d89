import type { EnvironmentVariable, List, Metrics, Plan, Project, Webhook } from '#lib/types.ts';
import { detectDeadlineMs, type Backend } from './backend.ts';

/** The fields that a person may set; `null` returns one to "detected". */
export type ProjectSettings = Partial<
	Pick<
		Project,
		| 'name'
		| 'git_url'
		| 'git_branch'
		| 'root_directory'
		| 'framework'
		| 'install_command'
		| 'build_command'
		| 'start_command'
		| 'output_dir'
		| 'port'
		| 'dockerfile_path'
		| 'health_path'
		| 'auto_deploy'
		| 'release_strategy'
		| 'watch_seconds'
		| 'memory_limit_mb'
		| 'cpu_limit'
		| 'process_limit'
	>
>;

export function listProjects(backend: Backend, limit: number, cursor?: string | null) {
	const query = new URLSearchParams({ limit: String(limit) });
	if (cursor) query.set('cursor', cursor);
	return backend.json<List<Project>>('GET', `/projects?${query}`);
}

export const getProject = (backend: Backend, id: string) => backend.json<Project>('GET', `/projects/${id}`);

export const detectProject = (
	backend: Backend,
	body: { git_url: string; git_branch?: string; root_directory?: string }
) => backend.json<Plan>('POST', '/projects/detect', { body, deadlineMs: detectDeadlineMs });

export const createProject = (
	backend: Backend,
	body: ProjectSettings & { name: string; git_url: string; environment?: EnvironmentVariable[] }
) => backend.json<Project>('POST', '/projects', { body });

export const updateProject = (backend: Backend, id: string, body: ProjectSettings) =>
	backend.json<Project>('PATCH', `/projects/${id}`, { body });

export const deleteProject = (backend: Backend, id: string) =>
	backend.json<void>('DELETE', `/projects/${id}`);

/** Pushes do not replace the live deployment until the pin is released. */
export const pinProject = (backend: Backend, id: string, deploymentId: number) =>
	backend.json<Project>('PUT', `/projects/${id}/pin`, { body: { deployment_id: deploymentId } });

export const releasePin = (backend: Backend, id: string) =>
	backend.json<Project>('DELETE', `/projects/${id}/pin`);

/** Some engines take a second to measure a container: no page waits for that, the figures follow. */
const metricsDeadlineMs = 100;

export const getMetrics = (backend: Backend, id: string) =>
	backend.json<Metrics>('GET', `/projects/${id}/metrics`, { deadlineMs: metricsDeadlineMs });

export const getWebhook = (backend: Backend, id: string) =>
	backend.json<Webhook>('GET', `/projects/${id}/webhook`);

export async function getRuntimeLog(backend: Backend, id: string, tail: number): Promise<string> {
	const response = await backend.raw('GET', `/projects/${id}/logs?tail=${tail}`, {
		headers: { accept: 'text/plain' }
	});
	return response.text();
}
