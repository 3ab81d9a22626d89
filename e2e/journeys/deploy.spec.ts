import { DeploymentPage, stageNames } from '../pages/deployment-page.ts';
import { NewProjectPage } from '../pages/new-project-page.ts';
import { ProjectPage } from '../pages/project-page.ts';
import { GitPage } from '../pages/settings-pages.ts';
import { fixture, svelteEcho, sveltePage } from '../support/apps.ts';
import { Repository } from '../support/repository.ts';
import { expect, test, type Page } from '../support/test.ts';
import { Crowd, visit } from '../support/visitor.ts';
import { tellGitea, tellGitHub } from '../support/webhook.ts';

test.describe.configure({ mode: 'serial' });
test.setTimeout(300_000);

let repository: Repository;
let projectId: number;
let firstDeployment: number;

/** Counts what comes over the page's WebSocket for one topic. */
function framesOf(page: Page, topic: RegExp): () => number {
	let count = 0;
	page.on('websocket', (socket) =>
		socket.on('framereceived', ({ payload }) => {
			if (topic.test(String(payload)) && String(payload).includes('"data"')) count += 1;
		})
	);
	return () => count;
}

async function expectHeading(site: string, heading: string): Promise<void> {
	const answer = await visit(site);
	expect(answer.status).toBe(200);
	expect(answer.text).toContain(`<h1>${heading}</h1>`);
}

test.beforeAll(async () => {
	repository = await Repository.create(
		'atlas-web',
		{ ...(await fixture('sveltekit-adapter-auto')), ...svelteEcho, ...sveltePage('Version one') },
		'feat: first version'
	);
});

test('a repository becomes a site, and everybody can see how', async ({ page }) => {
	const logFrames = framesOf(page, /"topic":"deployment:\d+:log"/);
	const form = new NewProjectPage(page);
	await form.goto();
	await form.read(repository.address);

	await test.step('what was found is shown before anything is built', async () => {
		await expect(form.found).toHaveText(
			/^Found, 1 branch, last commit .* by Lena Berg: “feat: first version”$/
		);
		await expect(form.setup).toContainText('SvelteKit · npm · Node 24');
		await expect(form.setup).toContainText('package.json');
		await expect(form.planned('Install')).toHaveValue(/^npm ci/);
		expect(await form.source('Install')).toBe('lockfile');
		await expect(form.planned('Build')).toHaveValue('npm run build');
		expect(await form.source('Build')).toBe('script');
		await expect(form.planned('Port')).toHaveValue('3000');
		await expect(form.name).toHaveValue('atlas-web');
		await expect(form.summary).toContainText('A server on port 3000');
	});

	await form.start();
	const deployment = new DeploymentPage(page);
	({ project: projectId, deployment: firstDeployment } = deployment.ids());

	await test.step('the log comes line by line while it is built', async () => {
		await deployment.log.isLive();
		await expect(deployment.status).toHaveText(/^Building/);
		await expect(deployment.stage('Build')).toContainText('running');
		await expect(page).toHaveTitle(/^● Building .* · atlas-web$/);
		await expect(deployment.log.log).toContainText('npm', { timeout: 60_000 });
		await expect.poll(logFrames, { message: 'the log comes over the WebSocket' }).toBeGreaterThan(1);
	});

	await test.step('every stage is passed', async () => {
		await deployment.endsAs('Ready');
		for (const stage of stageNames) await expect(deployment.stage(stage)).toContainText('success');
		await expect(deployment.current).toBeVisible();
		await expect(page).toHaveTitle('Ready · atlas-web');
	});

	await test.step('the site answers', async () => {
		await expectHeading('atlas-web', 'Version one');
		const [visited] = await Promise.all([
			page.context().waitForEvent('page'),
			page.getByRole('link', { name: 'Visit' }).click()
		]);
		await expect(visited.getByRole('heading', { name: 'Version one' })).toBeVisible();
		await visited.close();
	});
});

test('a push goes live without one failed request', async ({ page }) => {
	const git = new GitPage(page);
	await git.goto(projectId);
	const hook = await git.webhook('Gitea, Forgejo');

	const project = new ProjectPage(page);
	await project.goto(projectId, 'deployments');
	await expect(project.deployments).toHaveCount(1);

	const commit = await repository.push(sveltePage('Version two'), 'feat: second version');
	const crowd = new Crowd('atlas-web', '/echo');
	let tally;
	try {
		const forged = await tellGitea(
			{ ...hook, secret: 'guessed' },
			repository,
			commit,
			'feat: second version'
		);
		expect(forged.status).toBe(401);
		const told = await tellGitea(hook, repository, commit, 'feat: second version');
		expect(told.status, await told.text()).toBe(202);

		await expect(project.deployments, 'the list follows by itself').toHaveCount(2);
		const newest = project.deployments.first();
		await expect(newest).toContainText('feat: second version');
		await expect(newest).toContainText('push by Lena Berg');
		await expect(newest).toContainText('Ready', { timeout: 180_000 });
		await expect(newest).toContainText('Current');
		await expectHeading('atlas-web', 'Version two');
	} finally {
		tally = await crowd.leave();
	}
	expect(tally.failures).toEqual([]);
	expect(tally.posts).toBeGreaterThan(50);
	expect(tally.requests).toBeGreaterThan(200);
});

test('a rollback brings the old release back without one failed request', async ({ page }) => {
	const deployment = new DeploymentPage(page);
	await deployment.goto(projectId, firstDeployment);
	await expect(deployment.current).toBeHidden();
	const crowd = new Crowd('atlas-web', '/echo');
	let tally;
	try {
		await deployment.rollBack();
		await deployment.endsAs('Ready');
		for (const skipped of ['Clone', 'Detect', 'Build'] as const) {
			await expect(deployment.stage(skipped)).toContainText('skipped');
		}
		await expect(page.getByText(`rollback to ${firstDeployment}`)).toBeVisible();
		await expectHeading('atlas-web', 'Version one');
	} finally {
		tally = await crowd.leave();
	}
	expect(tally.failures).toEqual([]);
	expect(tally.requests).toBeGreaterThan(20);

	await new ProjectPage(page).goto(projectId);
	await expect(new ProjectPage(page).state).toHaveText('Live');
});

test('a push to a branch that is not deployed is ignored, and says so', async ({ page }) => {
	const git = new GitPage(page);
	await git.goto(projectId);
	const hook = await git.webhook('GitHub');
	await git.page.getByLabel('Branch', { exact: true }).fill('release');
	await git.page.getByRole('button', { name: /^Save/ }).click();
	await expect(git.saved.filter({ hasText: 'Saved.' })).toBeVisible();

	const commit = await repository.push({ 'README.md': 'Notes\n' }, 'docs: notes');
	const told = await tellGitHub(hook, repository, commit, 'docs: notes');
	expect(told.status).toBe(200);
	expect(((await told.json()) as { ignored: string }).ignored).toContain('main');
});
