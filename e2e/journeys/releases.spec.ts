import { DeploymentPage } from '../pages/deployment-page.ts';
import { ProjectPage } from '../pages/project-page.ts';
import { GitPage, ReleaseSettingsPage } from '../pages/settings-pages.ts';
import type { Project } from '../support/api.ts';
import { answering, nodeApp } from '../support/apps.ts';
import { containersOf, inspect } from '../support/docker.ts';
import { refusedForm } from '../support/problems.ts';
import { Repository } from '../support/repository.ts';
import { expect, test } from '../support/test.ts';
import { Crowd, visit } from '../support/visitor.ts';
import { tellGitea } from '../support/webhook.ts';

test.describe.configure({ mode: 'serial' });
test.setTimeout(240_000);

const version = (n: number) => nodeApp(answering(`'edition ${n}'`));
let repository: Repository;
let project: Project;

const served = async () => (await visit('almanac')).text;

test.beforeAll(async ({ api }) => {
	repository = await Repository.create('almanac', version(1));
	({ project } = await api.liveProject({ name: 'almanac', git_url: repository.address }));
});

test('how a release goes live is chosen, with figures that the back end accepts', async ({
	page,
	api,
	problems
}) => {
	problems.allow(refusedForm);
	const settings = new ReleaseSettingsPage(page);
	await settings.goto(project.id);
	await expect(settings.choice('Rolling')).toBeChecked();

	await expect(settings.field('memory_limit_mb')).toHaveAttribute('placeholder', '512');
	await expect(settings.field('cpu_limit')).toHaveAttribute('placeholder', 'no limit');
	await settings.field('memory_limit_mb').fill('a lot');
	await settings.press();
	await expect(settings.problemOf('memory_limit_mb')).toContainText('number');
	await expect(settings.field('memory_limit_mb')).toHaveValue('a lot');

	const refused = [
		['memory_limit_mb', '2', /from 16 to/],
		['cpu_limit', '0.001', /from 0.05 to/],
		['process_limit', '1', /from 16 to/],
		['watch_seconds', '1000', /to 600/]
	] as const;
	for (const [field, typed] of refused) await settings.field(field).fill(typed);
	await settings.press();
	for (const [field, typed, sentence] of refused) {
		await expect(settings.problemOf(field)).toHaveText(sentence);
		await expect(settings.field(field)).toHaveValue(typed);
	}
	await settings.field('process_limit').fill('');

	await settings.choice('Blue-green').check();
	await settings.field('memory_limit_mb').fill('192');
	await settings.field('cpu_limit').fill('0,5');
	await settings.field('watch_seconds').fill('30');
	await settings.save();
	await settings.goto(project.id);
	await expect(settings.choice('Blue-green')).toBeChecked();
	await expect(settings.field('cpu_limit')).toHaveValue('0.5');

	await repository.push(version(2), 'feat: second edition');
	const project_ = new ProjectPage(page);
	await project_.goto(project.id);
	await project_.deploy();
	const deployment = new DeploymentPage(page);
	await deployment.endsAs('Ready');
	expect(await served()).toBe('edition 2');
	const limits = await Promise.all(
		(await containersOf(project.id)).map((id) =>
			inspect(id, '{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}')
		)
	);
	expect(limits).toContain(`${192 * 1024 * 1024} 500000000`);
	project = await api.project(project.id);
});

test('the page tells that a release is watched, and that it has passed', async ({ page }) => {
	const deployment = new DeploymentPage(page);
	await deployment.goto(project.id, project.live_deployment_id ?? 0);
	await expect(page.getByText(/watches it until \d\d:\d\d:\d\d UTC/)).toBeVisible();
	await expect(deployment.stage('Watch')).toContainText('running');
	await new ProjectPage(page).goto(project.id);
	await expect(page.getByText(/watched for another 0:\d\d/)).toBeVisible();
	await deployment.goto(project.id, project.live_deployment_id ?? 0);
	await expect(deployment.stage('Watch')).toContainText('success', { timeout: 60_000 });
	await expect(page.getByText(/watches it until/)).toBeHidden();
});

test('a page is read once, however many deployments have ended before', async ({ page, api }) => {
	const { latest_deployment: newest } = await api.project(project.id);
	let reads = 0;
	page.on('request', (request) => (reads += request.url().includes('__data.json') ? 1 : 0));
	const told = page
		.waitForEvent('websocket')
		.then((socket) =>
			socket.waitForEvent('framereceived', ({ payload }) => String(payload).includes(`"id":${newest?.id},`))
		);
	await new ProjectPage(page).goto(project.id);
	await told;
	await page.evaluate(() => new Promise(requestAnimationFrame));
	expect(reads).toBe(0);
});

test('blue-green goes back in one click, without one failed request', async ({ page }) => {
	const [first] = project.live_deployment_id ? [project.live_deployment_id] : [];
	const crowd = new Crowd('almanac', null);
	let tally;
	try {
		await new ProjectPage(page).goto(project.id);
		await page.getByRole('button', { name: /^Switch back to \d+$/ }).click();
		await expect(page).toHaveURL(/\/deployments\/\d+$/);
		await new DeploymentPage(page).endsAs('Ready');
		expect(await served()).toBe('edition 1');
		await expect(page.getByText('Pinned', { exact: true })).toBeVisible();

		await new ProjectPage(page).goto(project.id);
		await expect(page.getByText(/^Pinned to #\d+: pushes change nothing/)).toBeVisible();
		await page.getByRole('button', { name: `Switch back to ${first}` }).click();
		await expect(page).toHaveURL(/\/deployments\/\d+$/);
		await new DeploymentPage(page).endsAs('Ready');
		expect(await served(), 'and forward again').toBe('edition 2');
	} finally {
		tally = await crowd.leave();
	}
	expect(tally.failures).toEqual([]);
});

test('a pinned project leaves pushes alone and asks before it deploys', async ({ page }) => {
	const git = new GitPage(page);
	await git.goto(project.id);
	const hook = await git.webhook('Gitea, Forgejo');
	const commit = await repository.push(version(3), 'feat: third edition');
	const told = await tellGitea(hook, repository, commit, 'feat: third edition');
	expect(told.status).toBe(200);
	expect(((await told.json()) as { ignored: string }).ignored).toContain('pinned');

	const shown = new ProjectPage(page);
	await shown.goto(project.id);
	await page.locator('main header').getByRole('button', { name: 'Deploy', exact: true }).click();
	await expect(page.getByRole('heading', { name: 'Release the pin and deploy?' })).toBeVisible();
	await page.getByRole('link', { name: 'Keep it pinned' }).click();
	await expect(page.getByText(/^Pinned to #\d+/)).toBeVisible();
	expect(await served()).toBe('edition 2');

	await page.getByRole('button', { name: 'Release', exact: true }).click();
	await expect(page.getByText(/^Pinned to #\d+/)).toBeHidden();
	const again = await tellGitea(hook, repository, commit, 'feat: third edition');
	expect(again.status, await again.text()).toBe(202);
	await shown.goto(project.id, 'deployments');
	await expect(shown.deployments.first()).toContainText('feat: third edition');
	await expect(shown.deployments.first()).toContainText('Ready', { timeout: 180_000 });
	expect(await served()).toBe('edition 3');
});

test('a live release is pinned by hand; Deploy releases it when told to', async ({ page, api }) => {
	const { live_deployment_id: live } = await api.project(project.id);
	const deployment = new DeploymentPage(page);
	await deployment.goto(project.id, live ?? 0);
	await page.getByRole('button', { name: 'Pin', exact: true }).click();
	await expect(page.getByRole('button', { name: 'Release the pin' })).toBeVisible();
	await page.getByRole('button', { name: 'Redeploy' }).click();
	await page.getByRole('button', { name: 'Release and deploy' }).click();
	await expect(page).toHaveURL(/\/deployments\/\d+$/);
	await deployment.endsAs('Ready');
	expect((await api.project(project.id)).pinned_deployment_id).toBeNull();
});

test('a release that dies after it went live gives way to the one before, and everybody is told', async ({
	page,
	api
}) => {
	const { live_deployment_id: good } = await api.project(project.id);
	await repository.push(
		{
			'server.js': `${answering("'short-lived edition'")}
setTimeout(() => {
	console.error('ran aground');
	process.exit(7);
}, 6000);
`
		},
		'feat: fourth edition'
	);
	const shown = new ProjectPage(page);
	await shown.goto(project.id);
	await shown.deploy();
	const deployment = new DeploymentPage(page);
	const failing = deployment.ids().deployment;
	await deployment.endsAs('Ready');
	await expect(deployment.status, 'it follows what becomes of it').toHaveText('Failed', { timeout: 60_000 });
	await expect(deployment.whyFailed).toContainText(/It went live, but \d+ s later/);
	await expect(deployment.stage('Watch')).toContainText('failed');
	await expect(page.getByText('The panel switched back by itself')).toBeVisible({ timeout: 30_000 });
	await expect.poll(served).toBe('edition 3');

	await page.getByText('The panel switched back by itself').getByRole('link').last().click();
	await expect(page.getByText(`The panel did this by itself: deployment ${failing} went live`)).toBeVisible();
	await deployment.endsAs('Ready');

	await shown.goto(project.id);
	await expect(shown.state).toHaveText('Switched back');
	await expect(page.getByText(`visitors get deployment ${good} again`)).toBeVisible();
	await expect(page.getByRole('listitem').filter({ hasText: `#${failing}` })).toContainText(
		'failed after it went live'
	);
	await page.goto('/');
	const attention = page.getByRole('region', { name: 'Needs attention' });
	await expect(attention).toContainText(`Deployment ${failing} went live, then failed.`);
	await expect(attention).toContainText(`Visitors get deployment ${good} again.`);
});
