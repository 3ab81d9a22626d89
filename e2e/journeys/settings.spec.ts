import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DeploymentPage } from '../pages/deployment-page.ts';
import { ProjectPage } from '../pages/project-page.ts';
import { BuildSettingsPage, DangerPage, DomainsPage, EnvironmentPage } from '../pages/settings-pages.ts';
import type { Project } from '../support/api.ts';
import { answering, nodeApp } from '../support/apps.ts';
import { containersOf, environmentOf, imageOf, imagesOf, storyOf } from '../support/docker.ts';
import { refusedForm } from '../support/problems.ts';
import { Repository, type Files } from '../support/repository.ts';
import { shared } from '../support/shared.ts';
import { expect, test, type Page } from '../support/test.ts';
import { visit } from '../support/visitor.ts';

test.setTimeout(180_000);

const secret = 'sk-live-4f9a77c1d2';
let project: Project;

/** Tells its variables at every path but /made, where it tells how it was built. */
const app: Files = {
	...nodeApp(
		`import { built } from './built.js';\n${answering(
			"request.url === '/made' ? built : [process.env.GREETING, Boolean(process.env.API_TOKEN), process.env.MOTTO].join('|')"
		)}`,
		{ build: 'node build.js plain' }
	),
	'build.js':
		"import { writeFileSync } from 'node:fs';\nwriteFileSync('built.js', `export const built = ${JSON.stringify(process.argv[2])};\\n`);\n"
};

async function redeploy(page: Page): Promise<void> {
	await new ProjectPage(page).goto(project.id);
	await new ProjectPage(page).deploy();
	await new DeploymentPage(page).endsAs('Ready');
}

test.beforeAll(async ({ api }) => {
	const known = await api.find('settings');
	if (known) {
		project = known;
		return;
	}
	const repository = await Repository.create('settings', app);
	({ project } = await api.liveProject({ name: 'settings', git_url: repository.address }));
	expect((await visit('settings')).text).toBe('|false|');
});

test('a pasted .env reaches the app with the next deployment, its secret nobody else', async ({
	page,
	api
}) => {
	const environment = new EnvironmentPage(page);
	await environment.goto(project.id);
	await environment.paste(
		`# for production\nGREETING=hello\nexport MOTTO="two words"\nAPI_TOKEN=${secret}\n`
	);
	await expect(environment.changes.getByRole('listitem')).toHaveCount(3);
	await expect(environment.changes).toContainText('GREETING added: hello');
	await expect(environment.changes, 'a secret is not shown back').not.toContainText(secret);
	await environment.saveChanges();
	await expect(environment.saved.first()).toContainText('It takes effect with the next deployment.');

	await test.step('the secret is write-only', async () => {
		await environment.goto(project.id);
		await expect(environment.row('API_TOKEN')).toContainText('••••');
		expect(await page.content()).not.toContain(secret);
		const answer = await (await api.send('GET', `/projects/${project.id}/environment`)).text();
		expect(answer).not.toContain(secret);
		expect(answer).toContain('two words');
	});

	expect((await visit('settings')).text, 'nothing changes before a deployment').toBe('|false|');
	await redeploy(page);
	expect((await visit('settings')).text).toBe('hello|true|two words');

	await test.step('the container has it, the image has not', async () => {
		const [container, ...others] = await containersOf(project.id);
		expect(others).toEqual([]);
		expect(await environmentOf(container ?? '')).toContain(`API_TOKEN=${secret}`);
		expect(await storyOf(await imageOf(container ?? ''))).not.toContain(secret);
		const { live_deployment_id } = await api.project(project.id);
		expect(await api.log(live_deployment_id ?? 0)).not.toContain(secret);
	});
});

test('a variable is added, refused, changed and removed in its row', async ({ page, problems }) => {
	problems.allow(refusedForm);
	const environment = new EnvironmentPage(page);
	await environment.goto(project.id);

	await environment.add('2BAD', 'value');
	await expect(environment.alert).toContainText('begins with no digit');
	await environment.add('EXTRA', 'one');
	await expect(environment.row('EXTRA')).toContainText('one');

	await environment.row('EXTRA').getByText('Edit').click();
	await environment.row('EXTRA').getByRole('textbox', { name: 'Value' }).fill('two');
	await environment.row('EXTRA').getByRole('button', { name: 'Save' }).click();
	await expect(environment.row('EXTRA')).toContainText('two');

	await environment.row('EXTRA').getByText('Edit').click();
	await environment.row('EXTRA').getByRole('button', { name: 'Remove EXTRA' }).click();
	await expect(environment.row('EXTRA')).toHaveCount(0);
});

test('a domain serves the site at once and stops when it is removed', async ({ page }) => {
	const domains = new DomainsPage(page);
	await domains.goto(project.id);
	expect((await visit('shop.example.com')).status).toBe(404);

	const served = (await visit('settings')).text;
	await domains.add('https://Shop.example.com/');
	await expect(domains.row('shop.example.com')).toBeVisible();
	await expect
		.poll(async () => (await visit('shop.example.com')).text, { message: 'Caddy serves the domain' })
		.toBe(served);

	await domains.remove('shop.example.com');
	await expect(domains.row('shop.example.com')).toHaveCount(0);
	await expect.poll(async () => (await visit('shop.example.com')).status).toBe(404);
	expect((await visit('settings')).status, 'the default address stays').toBe(200);
});

const refused: [domain: string, sentence: RegExp][] = [
	['my_app.example.com', /underscore/],
	['localhost', /two parts/],
	['192.168.0.1', /not a domain/],
	['app.example.com:8080', /without a port/],
	['settings.localhost', /./],
	['localhost.localdomain { respond evil }', /characters that no domain may have/]
];

for (const [domain, sentence] of refused) {
	test(`the domain "${domain}" is refused at its field`, async ({ page, problems }) => {
		problems.allow(refusedForm);
		const domains = new DomainsPage(page);
		await domains.goto(project.id);
		await domains.add(domain);
		await expect(domains.problem.or(domains.alert).first()).toHaveText(sentence);
		await expect(domains.field).not.toHaveValue('');
	});
}

test('a build command is set, used, and given back to detection', async ({ page, problems }) => {
	problems.allow(refusedForm);
	const build = new BuildSettingsPage(page);
	await build.goto(project.id);
	await expect(build.field('build_command')).toHaveAttribute('placeholder', 'detected: npm run build');
	await expect(build.field('build_command')).toHaveValue('');
	await build.field('build_command').fill('node build.js special');
	await expect(page.getByText('Unsaved changes')).toBeVisible();
	await build.save();
	await redeploy(page);
	expect((await visit('settings', { path: '/made' })).text).toBe('special');

	await build.goto(project.id);
	await expect(build.field('build_command')).toHaveValue('node build.js special');
	await build.field('build_command').fill('');
	await build.save();
	await redeploy(page);
	expect((await visit('settings', { path: '/made' })).text).toBe('plain');

	await build.goto(project.id);
	await build.field('port').fill('70000');
	await page.getByRole('button', { name: /^Save/ }).click();
	await expect(page.locator('#port-error')).toBeVisible();
	await expect(build.field('port')).toHaveValue('70000');
});

test('deleting takes the typed name, then containers, site and files are gone', async ({
	page,
	api,
	problems
}) => {
	problems.allow(refusedForm);
	const danger = new DangerPage(page);
	await danger.goto(project.id);
	await danger.delete('setings');
	await expect(page.locator('#name-error')).toContainText('Type “settings” to delete it.');
	expect((await visit('settings')).status).toBe(200);

	const site = async () =>
		(await readdir(join(shared().data, 'caddy', 'sites'))).filter((file) =>
			file.startsWith(`${project.id}.`)
		);
	expect(await site()).not.toEqual([]);

	await danger.delete('settings');
	await expect(page).toHaveURL(/\/projects$/);
	await expect(page.getByRole('link', { name: 'settings', exact: true })).toHaveCount(0);
	expect((await api.send('GET', `/projects/${project.id}`)).status).toBe(404);
	await expect.poll(() => containersOf(project.id), { timeout: 60_000 }).toEqual([]);
	await expect.poll(() => imagesOf(project.id), { timeout: 60_000 }).toEqual([]);
	await expect.poll(async () => (await visit('settings')).status).toBe(404);
	expect(await site()).toEqual([]);
	expect(existsSync(join(shared().data, 'sites', String(project.id)))).toBe(false);
});
