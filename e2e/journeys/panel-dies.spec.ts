import { stripVTControlCharacters } from 'node:util';
import { DeploymentPage } from '../pages/deployment-page.ts';
import { answering, nodeApp } from '../support/apps.ts';
import { killBackend } from '../support/panel-process.ts';
import { Repository } from '../support/repository.ts';
import { expect, test } from '../support/test.ts';
import { visit } from '../support/visitor.ts';

test.setTimeout(300_000);

/** Long enough to be killed in, short enough to be built again. */
const slowBuild = `for (let n = 1; n <= 120; n += 1) {
	console.log(\`plank \${n}.\`);
	await new Promise((resolve) => setTimeout(resolve, 100));
}
`;

const plain = (log: string) => log.split('\n').map(stripVTControlCharacters).join('\n').trimEnd();

test('the back end is killed while a log streams: the page waits, says so, and goes on by itself', async ({
	page,
	api,
	problems
}) => {
	problems.allow(/WebSocket connection to|status of 50\d|^50\d |ERR_|Failed to fetch/);
	const repository = await Repository.create('shipyard', nodeApp(answering("'first ship'")));
	const { project } = await api.liveProject({ name: 'shipyard', git_url: repository.address });
	await repository.push(
		{ ...nodeApp(answering("'second ship'"), { build: 'node build.js' }), 'build.js': slowBuild },
		'feat: second ship'
	);
	const { id } = await api.json<{ id: number }>('POST', `/projects/${project.id}/deployments`, {});
	const deployment = new DeploymentPage(page);
	await deployment.goto(project.id, id);
	await deployment.log.isLive();
	await expect(deployment.log.log).toContainText(/plank \d+\./, { timeout: 90_000 });
	const held = await deployment.log.lineCount();

	const revive = await killBackend();
	const other = await page.context().newPage();
	try {
		await expect(page.getByText('The panel does not answer at the moment.')).toBeVisible();
		expect(await deployment.log.lineCount(), 'what was there stays').toBeGreaterThanOrEqual(held);
		expect((await visit('shipyard')).text, 'apps do not notice').toBe('first ship');
		await other.goto('/projects');
		await expect(other.getByRole('heading', { name: 'The back end does not answer' })).toBeVisible();
	} finally {
		revive();
	}

	await expect(page.getByText('The panel does not answer at the moment.')).toBeHidden({ timeout: 60_000 });
	await expect(
		other.getByRole('heading', { name: 'Projects' }),
		'a page that was asked for meanwhile comes by itself'
	).toBeVisible({ timeout: 60_000 });
	await deployment.endsAs('Ready');
	expect((await visit('shipyard')).text).toBe('second ship');

	const ended = await api.deployment(id);
	expect(ended.status).toBe('success');
	const stored = plain(await api.log(id));
	await expect.poll(() => deployment.log.lineCount()).toBe(stored.split('\n').length);
	expect(plain(await deployment.log.copied()), 'no line is lost, none comes twice').toBe(stored);
	const { items } = await api.json<{ items: unknown[] }>('GET', `/projects/${project.id}/deployments`);
	expect(items, 'nothing was deployed that nobody asked for').toHaveLength(2);
});
