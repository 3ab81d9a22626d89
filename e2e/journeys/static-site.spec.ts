import { NewProjectPage } from '../pages/new-project-page.ts';
import { DeploymentPage } from '../pages/deployment-page.ts';
import { fixture } from '../support/apps.ts';
import { containersOf } from '../support/docker.ts';
import { Repository, type Files } from '../support/repository.ts';
import { expect, test } from '../support/test.ts';
import { visit } from '../support/visitor.ts';

test.setTimeout(240_000);

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

test('plain HTML is served from disk, with its own page for what is missing', async ({ page }) => {
	const repository = await Repository.create('leaflet', await fixture('static-html'));
	const form = new NewProjectPage(page);
	await form.goto();
	await form.read(repository.address);
	await expect(form.summary).toContainText('Static files, no container');
	await form.start();
	const deployment = new DeploymentPage(page);
	await deployment.endsAs('Ready');
	await expect(deployment.stage('Release')).toContainText('success');

	expect((await visit('leaflet')).text).toContain('<h1>A static site</h1>');
	expect((await visit('leaflet', { path: '/style.css' })).headers['content-type']).toContain('text/css');
	expect((await visit('leaflet', { path: '/about/' })).status).toBe(200);

	const missing = await visit('leaflet', { path: '/nothing-here', headers: browser });
	expect(missing.status).toBe(404);
	expect(missing.text).toContain('There is no such page');

	expect((await visit('leaflet', { path: '/.git/config' })).status).toBe(404);
	expect((await visit('leaflet', { path: '/../../panel.db' })).status).not.toBe(200);

	expect(await containersOf(deployment.ids().project), 'it needs no container').toEqual([]);

	await repository.push(
		{ 'index.html': '<!doctype html><title>2</title><h1>Second edition</h1>\n' },
		'feat: two'
	);
	await page.goto(`/projects/${deployment.ids().project}`);
	await page.locator('main header').getByRole('button', { name: 'Deploy', exact: true }).click();
	await expect(page).toHaveURL(/\/deployments\/\d+$/);
	await deployment.endsAs('Ready');
	expect((await visit('leaflet')).text).toContain('Second edition');
});

const singlePage: Files = {
	'package.json': JSON.stringify({
		name: 'single-page',
		private: true,
		type: 'module',
		scripts: { build: 'vite build' },
		devDependencies: { vite: '^8.0.0' }
	}),
	'index.html':
		'<!doctype html><title>App</title><div id="app"></div><script type="module" src="/src/main.js"></script>\n',
	'src/main.js': "document.querySelector('#app').textContent = `At ${location.pathname}`;\n"
};

test('a single page app gets every navigation, and no wrong answer for a missing script', async ({
	page,
	api
}) => {
	const repository = await Repository.create('single-page', singlePage);
	const { project } = await api.liveProject({ name: 'single-page', git_url: repository.address });
	expect(await containersOf(project.id)).toEqual([]);

	const deep = await visit('single-page', { path: '/orders/7', headers: browser });
	expect(deep.status).toBe(200);
	expect(deep.text).toContain('<div id="app">');
	const script = /src="(\/assets\/[^"]+\.js)"/.exec(deep.text)?.[1] ?? '';
	const loaded = await visit('single-page', { path: script });
	expect(loaded.status).toBe(200);
	expect(loaded.headers['cache-control']).toContain('immutable');

	expect((await visit('single-page', { path: '/assets/gone.js', headers: { accept: '*/*' } })).status).toBe(
		404
	);
	expect((await visit('single-page', { path: '/orders/7', method: 'POST' })).status).toBe(405);

	await page.goto(`${project.url}/orders/7`);
	await expect(page.getByText('At /orders/7')).toBeVisible();
});
