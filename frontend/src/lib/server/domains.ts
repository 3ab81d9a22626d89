import type { Domain, List } from '#lib/types.ts';
import type { Backend } from './backend.ts';

export const listDomains = (backend: Backend, projectId: string) =>
	backend.json<List<Domain>>('GET', `/projects/${projectId}/domains`);

export const addDomain = (
	backend: Backend,
	projectId: string,
	body: { domain: string; is_primary?: boolean }
) => backend.json<Domain>('POST', `/projects/${projectId}/domains`, { body });

export const updateDomain = (
	backend: Backend,
	projectId: string,
	id: string,
	body: { is_primary?: boolean }
) => backend.json<Domain>('PATCH', `/projects/${projectId}/domains/${id}`, { body });

export const removeDomain = (backend: Backend, projectId: string, id: string) =>
	backend.json<void>('DELETE', `/projects/${projectId}/domains/${id}`);
