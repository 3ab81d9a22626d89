/** The REST API as a script uses it: with a bearer token, straight at the back end on its loopback port. */
import { until } from './clock.ts';

export interface Project {
	id: number;
	name: string;
	frontend_port: number;
	url: string;
}

export interface Step {
	name: string;
	status: string;
	started_at: string | null;
	duration_ms: number | null;
}

export interface Deployment {
	id: number;
	status: string;
	commit_hash: string;
	error_message: string;
	duration: number | null;
	steps: Step[];
}

interface Tokens {
	access_token: string;
}

export interface Variable {
	key: string;
	value: string;
	scope?: 'build' | 'runtime' | 'all';
}

const final = ['success', 'failed', 'cancelled', 'superseded'];
const deployLimitMs = 15 * 60_000;

export class Api {
	/** `http://127.0.0.1:18100/api/v1` */
	readonly address: string;
	#token = '';

	constructor(port: number) {
		this.address = `http://127.0.0.1:${port}/api/v1`;
	}

	get token(): string {
		return this.#token;
	}

	/** Makes the administrator; `setupUrl` is the line of the file that the first start writes. */
	async setUp(setupUrl: string, person: { email: string; password: string; name: string }): Promise<void> {
		const token = new URL(setupUrl).searchParams.get('token');
		const tokens = await this.json<Tokens>('POST', '/auth/setup', { token, ...person });
		this.#token = tokens.access_token;
	}

	async signIn(email: string, password: string): Promise<void> {
		this.#token = (await this.json<Tokens>('POST', '/auth/login', { email, password })).access_token;
	}

	send(method: string, path: string, body?: unknown): Promise<Response> {
		const headers: Record<string, string> = {};
		if (this.#token) headers.authorization = `Bearer ${this.#token}`;
		if (body !== undefined) headers['content-type'] = 'application/json';
		return fetch(this.address + path, {
			method,
			headers,
			body: body === undefined ? undefined : JSON.stringify(body)
		});
	}

	async json<T>(method: string, path: string, body?: unknown): Promise<T> {
		const answer = await this.send(method, path, body);
		if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
		return (await answer.json()) as T;
	}

	createProject(name: string, gitUrl: string, rest: Record<string, unknown> = {}): Promise<Project> {
		return this.json('POST', '/projects', { name, git_url: gitUrl, ...rest });
	}

	setEnvironment(projectId: number, variables: Variable[]): Promise<unknown> {
		return this.json('PUT', `/projects/${projectId}/environment`, variables);
	}

	trigger(projectId: number): Promise<Deployment> {
		return this.json('POST', `/projects/${projectId}/deployments`, {});
	}

	deployment(id: number): Promise<Deployment> {
		return this.json('GET', `/deployments/${id}`);
	}

	/** Waits for the end of a deployment, which must be a success. */
	async succeeded(id: number, pauseMs = 100): Promise<Deployment> {
		const ended = await until(`deployment ${id}`, deployLimitMs, pauseMs, async () => {
			const deployment = await this.deployment(id);
			return final.includes(deployment.status) ? deployment : null;
		});
		if (ended.status !== 'success') {
			throw new Error(`Deployment ${id} ended as ${ended.status}: ${ended.error_message}`);
		}
		return ended;
	}

	async deploy(projectId: number): Promise<Deployment> {
		return this.succeeded((await this.trigger(projectId)).id);
	}
}
