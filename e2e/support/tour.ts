/** Every route of the page, with something on each to look at. */
import type { Api } from './api.ts';
import { answering, nodeApp } from './apps.ts';
import { Repository } from './repository.ts';

export interface Stop {
	name: string;
	path: string;
	/** Whether it is seen signed in. */
	signedIn: boolean;
}

export async function tour(api: Api): Promise<Stop[]> {
	const repository = await Repository.create('harbour', {
		...nodeApp(answering("'harbour'"), { build: 'node build.js' }),
		'build.js':
			"console.log('\\u001b[32m✓\\u001b[0m 42 modules transformed.');\nconsole.warn('warning: a warning');\n",
		'.env.example': 'DATABASE_URL=\nLOG_LEVEL=info\n'
	});
	const { project, deployment } = await api.liveProject({
		name: 'harbour',
		git_url: repository.address,
		// Watched for as long as the tour takes, so that a row bears everything that it can bear.
		watch_seconds: 600,
		environment: [
			{ key: 'LOG_LEVEL', value: 'info' },
			{ key: 'API_TOKEN', value: 'not to be seen', is_secret: true }
		]
	});
	await repository.push({ 'build.js': "import '@acme/ui';\n" }, 'feat: use the new components');
	const failed = await api.deploy(project.id);
	await api.json('POST', `/projects/${project.id}/domains`, { domain: 'harbour.example.com' });
	await api.json('PUT', `/projects/${project.id}/pin`, { deployment_id: deployment.id });

	const own = `/projects/${project.id}`;
	const signedIn = [
		['overview', '/'],
		['projects', '/projects'],
		['new-project', '/projects/new'],
		['activity', '/activity'],
		['project', own],
		['deployments', `${own}/deployments`],
		['deployment', `${own}/deployments/${deployment.id}`],
		['deployment-failed', `${own}/deployments/${failed.id}`],
		['rollback', `${own}/deployments/${deployment.id}/rollback`],
		['deploy-pinned', `${own}/deploy`],
		['settings', `${own}/settings`],
		['settings-release', `${own}/settings/release`],
		['settings-environment', `${own}/settings/environment`],
		['settings-domains', `${own}/settings/domains`],
		['settings-git', `${own}/settings/git`],
		['settings-danger', `${own}/settings/danger`],
		['server', '/server'],
		['not-found', '/projects/999999']
	] as const;
	return [
		...signedIn.map(([name, path]) => ({ name, path, signedIn: true })),
		{ name: 'login', path: '/login', signedIn: false }
	];
}
