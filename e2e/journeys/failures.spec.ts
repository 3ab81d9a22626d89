import { DeploymentPage } from '../pages/deployment-page.ts';
import { NewProjectPage } from '../pages/new-project-page.ts';
import { answering, nodeApp } from '../support/apps.ts';
import type { Api, Deployment, Project } from '../support/api.ts';
import type { Files } from '../support/repository.ts';
import { refusedForm } from '../support/problems.ts';
import { Repository } from '../support/repository.ts';
import { expect, test } from '../support/test.ts';
import { visit } from '../support/visitor.ts';

test.setTimeout(180_000);

test.describe('a repository that cannot be read', () => {
	// What the git server does is told with a status of its own; the browser notes both.
	test.beforeEach(({ problems }) => {
		problems.allow(refusedForm);
		problems.allow(/status of 503|^503 POST/);
	});

	const cases = [
		{
			name: 'a repository that is not there',
			refuse: '404' as const,
			sentence: 'There is no git repository at this address.'
		},
		{
			name: 'a private repository',
			refuse: '401' as const,
			sentence: 'The repository is private or does not exist'
		},
		{
			name: 'a connection that is cut',
			refuse: 'cut' as const,
			sentence: 'The connection to the git server broke off'
		}
	];

	for (const { name, refuse, sentence } of cases) {
		test(`${name} is told, and the address stays`, async ({ page }) => {
			const repository = await Repository.create(`refuses-${refuse}`, nodeApp(answering("'ok'")));
			await repository.refuse(refuse);
			const form = new NewProjectPage(page);
			await form.goto();
			await form.read(repository.address);
			await expect(page.getByText(sentence)).toBeVisible();
			await expect(form.address).toHaveValue(repository.address);
			await expect(form.deploy).toBeHidden();

			await repository.refuse(null);
			await page.getByRole('button', { name: /^Read/ }).click();
			await expect(form.found).toBeVisible();
			await expect(page.getByText(sentence)).toBeHidden();
		});
	}

	test('an address that is none is told at its field', async ({ page }) => {
		const form = new NewProjectPage(page);
		await form.goto();
		await form.read('not an address');
		await expect(form.problemOf('git_url')).toBeVisible();
		await expect(form.address).toHaveValue('not an address');
	});

	test('an unknown branch is told at its field', async ({ page }) => {
		const repository = await Repository.create('one-branch', nodeApp(answering("'ok'")));
		const form = new NewProjectPage(page);
		await form.goto();
		await form.address.fill(repository.address);
		// Scripts that come right after a click close what it opened: a person clicks again.
		await expect(async () => {
			if (!(await form.branch.isVisible())) await page.getByText('Branch and folder').click();
			await expect(form.branch).toBeVisible({ timeout: 1000 });
		}).toPass();
		await form.branch.fill('does-not-exist');
		await page.getByRole('button', { name: /^Read/ }).click();
		await expect(page.getByText(/branch.*does-not-exist|does-not-exist.*branch/i)).toBeVisible();
		await expect(form.address).toHaveValue(repository.address);
		await expect(form.branch).toHaveValue('does-not-exist');
	});

	test('an empty repository is told at the address', async ({ page }) => {
		const repository = await Repository.createEmpty('empty');
		const form = new NewProjectPage(page);
		await form.goto();
		await form.read(repository.address);
		await expect(form.problemOf('git_url')).toContainText('The repository is empty', { ignoreCase: true });
		await expect(form.address).toHaveValue(repository.address);
	});

	test('a repository without any app says what was looked for', async ({ page }) => {
		const repository = await Repository.create('notes', { 'notes.txt': 'Nothing to run here\n' });
		const form = new NewProjectPage(page);
		await form.goto();
		await form.read(repository.address);
		await expect(form.alert).toContainText('Nothing that can be deployed was found');
		await expect(form.alert).toContainText('package.json');
		await expect(form.address).toHaveValue(repository.address);
	});
});

test.describe('a deployment that fails', () => {
	/** A live project, then a push that breaks it, deployed by the page. */
	async function breakIt(
		api: Api,
		name: string,
		broken: Files
	): Promise<{ project: Project; live: Deployment }> {
		const repository = await Repository.create(name, nodeApp(answering("'still here'")));
		const { project, deployment: live } = await api.liveProject({ name, git_url: repository.address });
		await repository.push(broken, 'fix: break everything');
		return { project, live };
	}

	const cases: {
		name: string;
		title: string;
		broken: Files;
		why: RegExp;
		points: RegExp;
		stage: 'Build' | 'Release';
	}[] = [
		{
			name: 'missing-module',
			title: 'the build misses a module',
			broken: nodeApp(answering("'never'"), { build: 'node build.js' }),
			why: /could not be found/,
			points: /Cannot find module/,
			stage: 'Build'
		},
		{
			name: 'exits',
			title: 'the app ends at once',
			broken: { 'server.js': "console.error('no database, giving up');\nprocess.exit(3);\n" },
			why: /ended with exit code 3/,
			points: /giving up/,
			stage: 'Release'
		},
		{
			name: 'never-listens',
			title: 'the app never listens',
			broken: { 'server.js': "console.log('thinking');\nsetInterval(() => {}, 1000);\n" },
			why: /did not listen on port 3000 within \d+ s/,
			points: /thinking/,
			stage: 'Release'
		},
		{
			name: 'wrong-port',
			title: 'the app listens on another port',
			broken: {
				'server.js':
					"import { createServer } from 'node:http';\ncreateServer((q, s) => s.end('hi')).listen(Number('44' + '44'), '0.0.0.0', () => console.log('listening on 4444'));\n"
			},
			why: /listens on port 4444, not on port 3000/,
			points: /listening on 4444/,
			stage: 'Release'
		}
	];

	for (const { name, title, broken, why, points, stage } of cases) {
		test(`${title}: the page says why, where and what visitors get`, async ({ page, api }) => {
			const { project, live } = await breakIt(api, name, broken);
			await page.goto(`/projects/${project.id}`);
			await page.locator('main header').getByRole('button', { name: 'Deploy', exact: true }).click();
			await expect(page).toHaveURL(/\/deployments\/\d+$/);
			const deployment = new DeploymentPage(page);
			await deployment.endsAs('Failed');

			await expect(deployment.whyFailed.getByRole('heading')).toHaveText(why);
			await expect(deployment.whyFailed).toContainText(`Visitors still get deployment ${live.id}.`);
			await expect(deployment.whyFailed).toContainText(points);
			await expect(deployment.stage(stage)).toContainText('failed');
			await deployment.whyFailed.getByText(/^Go to line \d+$/).click();
			await expect(deployment.log.log.getByText(points).first()).toBeInViewport();

			const answer = await visit(name);
			expect(answer.status).toBe(200);
			expect(answer.text).toBe('still here');

			await page.goto('/');
			await expect(page.getByRole('region', { name: 'Needs attention' })).toContainText(name);
		});
	}

	test('a private repository stops the deployment at Clone with a sentence', async ({ page, api }) => {
		const repository = await Repository.create('becomes-private', nodeApp(answering("'public'")));
		const project = await api.createProject({ name: 'becomes-private', git_url: repository.address });
		await repository.refuse('401');
		const ended = await api.deploy(project.id);
		const deployment = new DeploymentPage(page);
		await deployment.goto(project.id, ended.id);
		await deployment.endsAs('Failed');
		await expect(deployment.stage('Clone')).toContainText('failed');
		await expect(deployment.whyFailed).toContainText('The repository is private or does not exist');
		await expect(deployment.whyFailed).toContainText('Visitors get no release yet.');
	});

	test('a build can be cancelled, and the next one works', async ({ page, api }) => {
		const repository = await Repository.create('cancelled', {
			...nodeApp(answering("'after all'"), { build: 'node build.js' }),
			'build.js': "console.log('waiting for ever');\nsetInterval(() => {}, 1000);\n"
		});
		const project = await api.createProject({ name: 'cancelled', git_url: repository.address });
		await page.goto(`/projects/${project.id}`);
		await page.locator('main header').getByRole('button', { name: 'Deploy', exact: true }).click();
		const deployment = new DeploymentPage(page);
		await expect(deployment.log.log).toContainText('waiting for ever', { timeout: 60_000 });
		await page.getByRole('button', { name: 'Cancel' }).click();
		await deployment.endsAs('Cancelled');

		await repository.push({ 'build.js': "console.log('quick');\n" }, 'fix: end the build');
		await page.goto(`/projects/${project.id}`);
		await page.locator('main header').getByRole('button', { name: 'Deploy', exact: true }).click();
		await expect(page).toHaveURL(/\/deployments\/\d+$/);
		await deployment.endsAs('Ready');
		expect((await visit('cancelled')).text).toBe('after all');
	});

	test('a name that is taken is told at its field, and nothing typed is lost', async ({
		page,
		api,
		problems
	}) => {
		problems.allow(refusedForm);
		const repository = await Repository.create('taken', nodeApp(answering("'ok'")));
		await api.createProject({ name: 'taken', git_url: repository.address });
		const form = new NewProjectPage(page);
		await form.goto();
		await form.read(repository.address);
		await form.planned('Build').fill('npm run special');
		await form.deploy.click();
		await expect(form.problemOf('name')).toBeVisible();
		await expect(form.name).toHaveValue('taken');
		await expect(form.planned('Build')).toHaveValue('npm run special');
	});
});
