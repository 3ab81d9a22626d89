/**
 * The REST API as a script uses it: with a bearer token. For what a journey needs but is not about, and as a second witness of
 * what the page says.
 */
import { expect } from '@playwright/test';
import type { Deployment, Project } from '../../frontend/src/lib/types.ts';
import { administrator, shared } from './shared.ts';

export type { Deployment, Project };

type NewProject = { name: string; git_url: string } & Partial<
	Pick<Project, 'git_branch' | 'install_command' | 'build_command' | 'start_command' | 'output_dir' | 'port'>
> & { environment?: { key: string; value: string; is_secret?: boolean }[] };

const final = ['success', 'failed', 'cancelled', 'superseded'];

export class Api {
	readonly #token: string;

	private constructor(token: string) {
		this.#token = token;
	}

	static async signIn(): Promise<Api> {
		const { email, password } = administrator;
		const answer = await fetch(`${shared().url}/api/v1/auth/login`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ email, password })
		});
		if (!answer.ok) throw new Error(`Signing in: ${answer.status} ${await answer.text()}`);
		return new Api(((await answer.json()) as { access_token: string }).access_token);
	}

	async send(method: string, path: string, body?: unknown): Promise<Response> {
		return fetch(`${shared().url}/api/v1${path}`, {
			method,
			headers: {
				authorization: `Bearer ${this.#token}`,
				...(body === undefined ? {} : { 'content-type': 'application/json' })
			},
			body: body === undefined ? undefined : JSON.stringify(body)
		});
	}

	async json<T>(method: string, path: string, body?: unknown): Promise<T> {
		const answer = await this.send(method, path, body);
		if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
		return (await answer.json()) as T;
	}

	createProject(project: NewProject): Promise<Project> {
		return this.json('POST', '/projects', project);
	}

	project(id: number): Promise<Project> {
		return this.json('GET', `/projects/${id}`);
	}

	/** The project of this name, if there is one: a journey that goes on in a new worker finds its own again. */
	async find(name: string): Promise<Project | undefined> {
		const { items } = await this.json<{ items: Project[] }>('GET', '/projects?limit=100');
		return items.find((project) => project.name === name);
	}

	deployment(id: number): Promise<Deployment> {
		return this.json('GET', `/deployments/${id}`);
	}

	/** Starts a deployment and waits for its end, whatever that is. */
	async deploy(projectId: number): Promise<Deployment> {
		const started = await this.json<Deployment>('POST', `/projects/${projectId}/deployments`, {});
		return this.ended(started.id);
	}

	async ended(id: number, timeout = 180_000): Promise<Deployment> {
		let last: Deployment | undefined;
		await expect
			.poll(
				async () => {
					last = await this.deployment(id);
					return final.includes(last.status);
				},
				{ timeout, message: `deployment ${id} ends`, intervals: [200, 500, 1000] }
			)
			.toBe(true);
		return last as Deployment;
	}

	/** A project that is live, by the API alone. */
	async liveProject(project: NewProject): Promise<{ project: Project; deployment: Deployment }> {
		const created = await this.createProject(project);
		const deployment = await this.deploy(created.id);
		expect(deployment.status, deployment.error_message ?? '').toBe('success');
		return { project: await this.project(created.id), deployment };
	}

	/** The whole build log, byte by byte. */
	async log(deploymentId: number): Promise<string> {
		const pieces: Buffer[] = [];
		let offset = 0;
		for (;;) {
			const answer = await this.send('GET', `/deployments/${deploymentId}/log?offset=${offset}`);
			if (!answer.ok) throw new Error(`GET log: ${answer.status} ${await answer.text()}`);
			const piece = Buffer.from(await answer.arrayBuffer());
			pieces.push(piece);
			offset = Number(answer.headers.get('x-log-next-offset') ?? offset + piece.length);
			if (piece.length === 0 || answer.headers.get('x-log-end') === 'true') break;
		}
		return Buffer.concat(pieces).toString('utf8');
	}
}
