import { stripVTControlCharacters } from 'node:util';
import { DeploymentPage } from '../pages/deployment-page.ts';
import { answering, nodeApp } from '../support/apps.ts';
import { Repository } from '../support/repository.ts';
import { expect, test } from '../support/test.ts';

test.setTimeout(180_000);

/** A build that prints numbered, coloured lines until it is cancelled. */
const chattyBuild = `for (let n = 1; n <= 20000; n += 1) {
	console.log(\`\\u001b[3\${n % 7}mchatty line \${n}.\\u001b[0m ünïcödé ✓\`);
	await new Promise((resolve) => setTimeout(resolve, 30));
}
`;

const chatty = { ...nodeApp(answering("'chatty'"), { build: 'node build.js' }), 'build.js': chattyBuild };

const plain = (log: string) => log.split('\n').map(stripVTControlCharacters).join('\n');
const chattyNumbers = (log: string) =>
	[...log.matchAll(/chatty line (\d+)\./g)].map((match) => Number(match[1]));

test('the log survives a reload and a lost connection, without a gap and without a repetition', async ({
	page,
	api,
	problems
}) => {
	// The second is told by the test's own go-between, which passes on to a connection that is being cut.
	problems.allow(/WebSocket connection to|WebSocket is already in CLOSING or CLOSED state/);
	const repository = await Repository.create('chatty', chatty);
	const project = await api.createProject({ name: 'chatty', git_url: repository.address });

	let connected = true;
	let connections = 0;
	const open = new Set<() => Promise<void>>();
	await page.routeWebSocket(/\/api\/v1\/ws$/, async (socket) => {
		if (!connected) return socket.close();
		connections += 1;
		const server = socket.connectToServer();
		open.add(async () => {
			// Those of the page before the reload are closed already.
			await server.close().catch(() => undefined);
			await socket.close().catch(() => undefined);
		});
	});

	const { id } = await api.json<{ id: number }>('POST', `/projects/${project.id}/deployments`, {});
	const deployment = new DeploymentPage(page);
	await deployment.goto(project.id, id);
	await deployment.log.isLive();
	await expect(deployment.log.log).toContainText(/chatty line \d+/, { timeout: 90_000 });

	await test.step('reload in the middle', async () => {
		await page.reload();
		await deployment.log.isLive();
		await expect(deployment.log.log).toContainText(/chatty line \d+/);
		expect(connections).toBeGreaterThanOrEqual(2);
	});

	await test.step('the connection is lost while the build goes on', async () => {
		connected = false;
		for (const cut of open) await cut();
		await expect(page.getByText('The panel does not answer at the moment.')).toBeVisible();
		const held = await deployment.log.lineCount();
		await expect.poll(async () => (await api.log(id)).split('\n').length).toBeGreaterThan(held + 20);
		connected = true;
		await expect.poll(() => deployment.log.lineCount(), { timeout: 30_000 }).toBeGreaterThan(held + 20);
		await expect(page.getByText('The panel does not answer at the moment.')).toBeHidden();
	});

	await page.getByRole('button', { name: 'Cancel' }).click();
	await deployment.endsAs('Cancelled');
	const stored = await api.log(id);
	const numbers = chattyNumbers(stored);
	expect(numbers.length).toBeGreaterThan(40);
	expect(numbers).toEqual(numbers.map((_, index) => index + 1));
	await expect.poll(() => deployment.log.lineCount()).toBe(stored.trimEnd().split('\n').length);
	expect((await deployment.log.copied()).trimEnd()).toBe(plain(stored).trimEnd());
});

test('a line can be found, linked to and read without following', async ({ page, api }) => {
	const project = await api.find('chatty');
	test.skip(!project, 'the journey before has made no project');
	const id = project?.latest_deployment?.id ?? 0;
	const stored = (await api.log(id)).split('\n');
	const number = stored.findIndex((line) => line.includes('chatty line 7.')) + 1;

	const deployment = new DeploymentPage(page);
	await page.goto(`/projects/${project?.id}/deployments/${id}#L${number}`);
	await deployment.log.isLive();
	await expect(deployment.log.line(number)).toBeInViewport();
	await expect(deployment.log.line(number)).toContainText('chatty line 7.');

	await deployment.log.search.fill('line 31.');
	await expect(deployment.log.frame.getByText('1 of 1')).toBeVisible();
	await expect(deployment.log.log.getByText('line 31.')).toBeInViewport();

	const [download] = await Promise.all([
		page.waitForEvent('download'),
		deployment.log.frame.getByRole('link', { name: 'Download the log' }).click()
	]);
	expect(download.suggestedFilename()).toBe(`chatty-${id}.log`);
});
