import { DeploymentPage } from '../pages/deployment-page.ts';
import { NewProjectPage } from '../pages/new-project-page.ts';
import { fixture } from '../support/apps.ts';
import { Repository } from '../support/repository.ts';
import { expect, test } from '../support/test.ts';
import { visit } from '../support/visitor.ts';

test.setTimeout(180_000);

test('a repository with its own Dockerfile is built by it', async ({ page }) => {
	const repository = await Repository.create('own-way', await fixture('own-dockerfile'));
	const form = new NewProjectPage(page);
	await form.goto();
	await form.read(repository.address);
	await expect(form.setup).toContainText('Dockerfile');
	await expect(form.planned('Port')).toHaveValue('8080');
	await form.start();
	const deployment = new DeploymentPage(page);
	await deployment.endsAs('Ready');
	expect((await visit('own-way')).text).toBe('hello from own-dockerfile\n');
});

test('a Dockerfile that does not build is told with its failing command', async ({ page, api }) => {
	const repository = await Repository.create('broken-dockerfile', {
		Dockerfile: 'FROM node:24-slim\nRUN echo preparing && false\nCMD ["node", "server.js"]\n'
	});
	const project = await api.createProject({ name: 'broken-dockerfile', git_url: repository.address });
	const ended = await api.deploy(project.id);
	const deployment = new DeploymentPage(page);
	await deployment.goto(project.id, ended.id);
	await deployment.endsAs('Failed');
	await expect(deployment.whyFailed).toContainText('echo preparing && false');
	await expect(deployment.whyFailed).toContainText('exit code 1');
	await expect(deployment.stage('Build')).toContainText('failed');
});
