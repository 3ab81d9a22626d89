import type { EnvironmentVariable, List } from '#lib/types.ts';
import type { Backend } from './backend.ts';

/** What a PUT takes: a secret without a value keeps what is stored. */
export type EnvironmentInput = Omit<EnvironmentVariable, 'value'> & { value?: string | null };

export const listEnvironment = (backend: Backend, projectId: string) =>
	backend.json<List<EnvironmentVariable>>('GET', `/projects/${projectId}/environment`);

export const replaceEnvironment = (backend: Backend, projectId: string, body: EnvironmentInput[]) =>
	backend.json<List<EnvironmentVariable>>('PUT', `/projects/${projectId}/environment`, { body });

export const deleteVariable = (backend: Backend, projectId: string, key: string) =>
	backend.json<void>('DELETE', `/projects/${projectId}/environment/${encodeURIComponent(key)}`);
