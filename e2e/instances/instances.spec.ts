import { stripVTControlCharacters } from 'node:util';
import { expect, test as base, type Page } from '@playwright/test';
import { DeploymentPage } from '../pages/deployment-page.ts';
import { SignInPage } from '../pages/sign-in-page.ts';
import { Api, type Deployment } from '../support/api.ts';
import { answering, nodeApp } from '../support/apps.ts';
import { Repository, type Files } from '../support/repository.ts';
import { administrator, shared } from '../support/shared.ts';
import { visit } from '../support/visitor.ts';
import { allReady, redis, send, webPorts, workerOf } from './processes.ts';

const lines = 80;

/** A build of some seconds, that tells how far it is. */
const slowBuild = `for (let n = 1; n <= ${lines}; n += 1) {
	console.log(\`working line \${n}.\`);
	await new Promise((resolve) => setTimeout(resolve, 100));
}
`;

const slowApp = (answer: string) => ({
	...nodeApp(answering(`'${answer}'`), { build: 'node build.js' }),
	'build.js': `${slowBuild}// ${crypto.randomUUID()}\n`
});

const quickApp = (answer: string) => nodeApp(answering(`'${answer}'`));

async function createAdministrator(): Promise<void> {
	const token = new URL(shared().setupUrl).searchParams.get('token');
	const answer = await fetch(`${shared().url}/api/v1/auth/setup`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ token, ...administrator })
	});
	if (answer.status !== 201 && answer.status !== 404) throw new Error(`Setup: ${answer.status}`);
}

const test = base.extend<{ signedIn: Page }, { api: Api }>({
	baseURL: async ({}, use) => use(shared().url),
	api: [
		async ({}, use) => {
			await createAdministrator();
			await use(await Api.signIn());
		},
		{ scope: 'worker' }
	],
	signedIn: async ({ page, api }, use) => {
		expect(api).toBeTruthy();
		const form = new SignInPage(page);
		await form.goto('/projects');
		await form.signIn();
		await expect(page).toHaveURL(/\/projects$/);
		await use(page);
	}
});

test.afterEach(async () => {
	await redis()
		.ask('PING')
		.catch(() => redis().start());
	await allReady();
});

async function begin(
	api: Api,
	name: string,
	files: Files = slowApp(name)
): Promise<{ project: number; id: number }> {
	const repository = await Repository.create(name, files);
	const project = await api.createProject({ name, git_url: repository.address });
	const { id } = await api.json<Deployment>('POST', `/projects/${project.id}/deployments`, {});
	return { project: project.id, id };
}

const says = async (api: Api, id: number, text: RegExp) =>
	text.test(stripVTControlCharacters(await api.log(id)));
const times = (log: string, text: string) => stripVTControlCharacters(log).split(text).length - 1;

/** Readers of the panel who never stop; what they did not get. */
class Readers {
	readonly failures: string[] = [];
	count = 0;
	#going = true;
	readonly #done = this.#read();

	async #read(): Promise<void> {
		while (this.#going) {
			for (const path of ['/health', '/api/v1/auth/status', '/login']) {
				const answer = await fetch(`${shared().url}${path}`).catch((error: unknown) => String(error));
				this.count += 1;
				if (typeof answer === 'string' || answer.status !== 200)
					this.failures.push(`${path}: ${typeof answer === 'string' ? answer : answer.status}`);
				else await answer.arrayBuffer();
			}
			await new Promise((resolve) => setTimeout(resolve, 50));
		}
	}

	async stop(): Promise<void> {
		this.#going = false;
		await this.#done;
	}
}

test('a web and the working worker are killed: the page follows to the one true end', async ({
	signedIn: page,
	api
}) => {
	const { project, id } = await begin(api, 'outlives');
	const deployment = new DeploymentPage(page);
	await deployment.goto(project, id);
	await deployment.log.isLive();
	await expect(deployment.log.log).toContainText(/working line \d+/, { timeout: 60_000 });
	const readers = new Readers();

	process.kill(await workerOf(id), 'SIGKILL');
	await send('web-1', 'SIGKILL');
	await deployment.endsAs('Ready', 100_000);
	await send('web-2', 'SIGKILL');
	await readers.stop();
	expect(readers.failures).toEqual([]);
	expect(readers.count).toBeGreaterThan(20);

	const log = await api.log(id);
	expect(times(log, 'this deployment starts again')).toBe(1);
	expect(times(log, 'Live at ')).toBe(1);
	expect(times(log, `working line ${lines}.`)).toBe(1);
	await expect.poll(() => deployment.log.lineCount()).toBe(log.trimEnd().split('\n').length);
	expect((await visit('outlives')).text).toBe('outlives');
});

test('a cancel by any web process ends what a worker does', async ({ api }) => {
	const { id } = await begin(api, 'cancelled');
	await expect.poll(() => says(api, id, /working line/), { timeout: 60_000 }).toBe(true);
	await api.send('POST', `/deployments/${id}/cancel`);
	const asked = Date.now();
	expect((await api.ended(id)).status).toBe('cancelled');
	expect(Date.now() - asked).toBeLessThan(10_000);
});

test('what a worker hands back at its end goes on at once', async ({ api }) => {
	const { id } = await begin(api, 'handed-back');
	await expect.poll(() => says(api, id, /working line/), { timeout: 60_000 }).toBe(true);
	process.kill(await workerOf(id), 'SIGTERM');
	await expect.poll(() => says(api, id, /this deployment starts again/), { timeout: 10_000 }).toBe(true);
	expect((await api.ended(id)).status).toBe('success');
});

test('a Redis that forgets everything, and one that is gone, lose no deployment', async ({ api }) => {
	const first = await begin(api, 'forgotten');
	await redis().ask('FLUSHALL');
	const second = await begin(api, 'forgotten-too', quickApp('two'));
	await redis().ask('FLUSHALL');
	await redis()
		.ask('SHUTDOWN', 'NOSAVE')
		.catch(() => undefined);
	const third = await begin(api, 'without-redis', quickApp('three'));
	for (const { id } of [third, second, first]) expect((await api.ended(id, 90_000)).status).toBe('success');
	await redis().start();
	const fourth = await begin(api, 'with-redis', quickApp('four'));
	expect((await api.ended(fourth.id, 60_000)).status).toBe('success');
});

test('each web process answers with the truth of all, and none of them holds Docker', async ({ api }) => {
	const { project, id } = await begin(api, 'everywhere', quickApp('everywhere'));
	await api.ended(id);
	for (const port of await webPorts()) {
		const answer = await fetch(`http://127.0.0.1:${port}/ready`);
		const { checks } = (await answer.json()) as { checks: Record<string, string> };
		expect(checks).toMatchObject({ worker: 'ok', database: 'ok' });
		expect(checks).not.toHaveProperty('docker');
	}
	for (let round = 0; round < 4; round += 1) {
		expect((await api.deployment(id)).status).toBe('success');
		const metrics = await api.json<{ running: boolean }>('GET', `/projects/${project}/metrics`);
		expect(metrics.running).toBe(true);
		const output = await api.send('GET', `/projects/${project}/logs`);
		expect(await output.text()).toContain('listening');
	}
});
