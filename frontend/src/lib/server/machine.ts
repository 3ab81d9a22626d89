import type { ServerStatus } from '#lib/types.ts';
import type { Backend } from './backend.ts';

export const serverStatus = (backend: Backend) => backend.json<ServerStatus>('GET', '/server');
