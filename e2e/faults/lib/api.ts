/** The REST API, straight at the back end on its loopback port: while it is down a call fails at once. */
import { createHmac } from 'node:crypto';
import type { Deployment, Project } from '../../../frontend/src/lib/types.ts';
import { until } from './until.ts';

export type { Deployment, Project };

export const finals = ['success', 'failed', 'cancelled', 'superseded'];
const callLimitMs = 30_000;

export interface Hook {
	secret: string;
}

export class Api {
	readonly #base: string;
	#token = '';

	constructor(port: number) {
		this.#base = `http://127.0.0.1:${port}/api/v1`;
	}

	async setUp(setupUrl: string, person: { email: string; password: string; name: string }): Promise<void> {
		const token = new URL(setupUrl).searchParams.get('token');
		const tokens = await this.json<{ access_token: string }>('POST', '/auth/setup', { token, ...person });
		this.#token = tokens.access_token;
	}

	async signIn(email: string, password: string): Promise<void> {
		this.#token = (
			await this.json<{ access_token: string }>('POST', '/auth/login', { email, password })
		).access_token;
	}

	send(method: string, path: string, body?: unknown): Promise<Response> {
		return fetch(this.#base + path, {
			method,
			headers: {
				...(this.#token ? { authorization: `Bearer ${this.#token}` } : {}),
				...(body === undefined ? {} : { 'content-type': 'application/json' })
			},
			body: body === undefined ? undefined : JSON.stringify(body),
			signal: AbortSignal.timeout(callLimitMs)
		});
	}

	async json<T>(method: string, path: string, body?: unknown): Promise<T> {
		const answer = await this.send(method, path, body);
		if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
		return (await answer.json()) as T;
	}

	createProject(project: Record<string, unknown>): Promise<Project> {
		return this.json('POST', '/projects', project);
	}

	project(id: number): Promise<Project> {
		return this.json('GET', `/projects/${id}`);
	}

	trigger(projectId: number, body: Record<string, unknown> = {}): Promise<Deployment> {
		return this.json('POST', `/projects/${projectId}/deployments`, body);
	}

	deployment(id: number): Promise<Deployment> {
		return this.json('GET', `/deployments/${id}`);
	}

	async deployments(projectId: number): Promise<Deployment[]> {
		const page = await this.json<{ items: Deployment[] }>(
			'GET',
			`/projects/${projectId}/deployments?limit=100`
		);
		return page.items;
	}

	ended(id: number, limitMs = 120_000): Promise<Deployment> {
		return until(`deployment ${id} ends`, limitMs, async () => {
			const deployment = await this.deployment(id);
			return finals.includes(deployment.status) && deployment;
		});
	}

	async deploy(projectId: number): Promise<Deployment> {
		return this.ended((await this.trigger(projectId)).id);
	}

	hook(projectId: number): Promise<Hook> {
		return this.json('GET', `/projects/${projectId}/webhook`);
	}

	/** A push as Gitea tells it; the same id again is a redelivery. */
	tell(
		projectId: number,
		hook: Hook,
		commit: string,
		delivery: string = crypto.randomUUID()
	): Promise<Response> {
		const body = JSON.stringify({ ref: 'refs/heads/main', after: commit, head_commit: { id: commit } });
		return fetch(`${this.#base}/webhooks/gitea/${projectId}`, {
			method: 'POST',
			body,
			headers: {
				'content-type': 'application/json',
				'x-gitea-event': 'push',
				'x-gitea-delivery': delivery,
				'x-gitea-signature': createHmac('sha256', hook.secret).update(body).digest('hex')
			},
			signal: AbortSignal.timeout(callLimitMs)
		});
	}
}
