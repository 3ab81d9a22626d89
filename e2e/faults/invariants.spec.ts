/** The checker itself: each invariant is broken on purpose and has to be reported; a whole server breaks none. */
import { expect, test } from '@playwright/test';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../support/command.ts';
import { says, site } from './lib/apps.ts';
import { Rig, type App } from './lib/rig.ts';

let rig: Rig;
let server: App;
let files: App;

test.beforeAll(async () => {
	rig = await Rig.start();
	server = await rig.app('server', says('r0'), {}, false);
	files = await rig.app('files', site('r0'), {}, false);
	const delivery = await rig.api.tell(server.project.id, server.hook, server.commits[0] ?? '');
	expect(delivery.status).toBe(202);
	await rig.settled();
	expect(await rig.holds()).toEqual([]);
	await rig.panel.stop(); // what is broken now stays broken
});

test.afterAll(async () => rig.stop());

const sql = (text: string) => command('sqlite3', [join(rig.data, 'panel.db'), text]);
const slots = (name: string) => join(rig.data, 'caddy', 'slots', name);

/** Breaks, looks, mends; the server is whole before and after. */
async function reported(broken: () => Promise<unknown>, mended: () => Promise<unknown>): Promise<string[]> {
	expect(await rig.violations()).toEqual([]);
	await broken();
	try {
		return await rig.violations();
	} finally {
		await mended();
	}
}

test('I1: a deployment that does not end', async () => {
	const found = await reported(
		() => sql("UPDATE deployments SET status = 'building' WHERE id = 2"),
		() => sql("UPDATE deployments SET status = 'success' WHERE id = 2")
	);
	expect(found).toContainEqual(expect.stringMatching(/^I1: deployment 2 is building/));
});

test('I2: a marker that is gone, a container of another release, files of another release', async () => {
	const marker = `${files.project.id}.static`;
	expect(
		await reported(
			() => rm(slots(marker)),
			() => writeFile(slots(marker), '')
		)
	).toEqual([
		expect.stringMatching(/^I2: .*live in static, but the marker says blue/),
		expect.stringMatching(/^I2: .*Caddy answers from blue/)
	]);
	const id = server.project.id;
	expect(
		await reported(
			() => sql(`UPDATE projects SET live_deployment_id = 1 WHERE id = ${id}`),
			() => sql(`UPDATE projects SET live_deployment_id = 3 WHERE id = ${id}`)
		)
	).toContainEqual(
		expect.stringMatching(/^I2: .*but the container is of 3|^I2: .*no container in the blue slot/)
	);
	const current = join(rig.data, 'sites', String(files.project.id), 'current');
	expect(
		await reported(
			() => command('ln', ['-sfn', '77', current]),
			() => command('ln', ['-sfn', '2', current])
		)
	).toContainEqual(expect.stringMatching(/^I2: .*files of deployment 77 are served/));
});

test('I3: two builders, two waiting, an older deployment after a newer one', async () => {
	const insert = (status: string) =>
		`INSERT INTO deployments (id, project_id, branch, status, triggered_by, created_at) VALUES (91, 1, 'main', '${status}', 'api', 1), (92, 1, 'main', '${status}', 'api', 1);`;
	const remove = () => sql('DELETE FROM deployments WHERE id IN (91, 92)');
	expect(await reported(() => sql(insert('building')), remove)).toContainEqual(
		'I3: project 1: 2 deployments run at once'
	);
	expect(await reported(() => sql(insert('pending')), remove)).toContainEqual(
		'I3: project 1: 2 deployments wait'
	);
	expect(
		await reported(
			() => sql('UPDATE releases SET created_at = created_at + 1000000 WHERE deployment_id = 1'),
			() => sql('UPDATE releases SET created_at = created_at - 1000000 WHERE deployment_id = 1')
		)
	).toContainEqual('I3: project 1: deployment 1 went live after the newer 3');
	const commits = [...server.commits];
	const other = 'f'.repeat(40);
	server.commits.push(other);
	try {
		const found = await reported(
			() => sql(`UPDATE deployments SET commit_hash = '${other}' WHERE id = 1`),
			() => sql(`UPDATE deployments SET commit_hash = '${commits[0]}' WHERE id = 1`)
		);
		expect(found).toContainEqual(expect.stringMatching(/^I3: .*deployment 3 brought back the older commit/));
	} finally {
		server.commits.splice(0, server.commits.length, ...commits);
	}
});

test('I4: promoted twice, a success that never went live, a delivery without a deployment of its own', async () => {
	const heading = 'Switched: new requests get this release';
	const at = '(SELECT MAX(start_offset) FROM log_chunks WHERE deployment_id = 1)';
	expect(
		await reported(
			() =>
				sql(
					`UPDATE log_chunks SET bytes = bytes || '${heading}' || '${heading}' WHERE deployment_id = 1 AND start_offset = ${at}`
				),
			() =>
				sql(
					`UPDATE log_chunks SET bytes = substr(bytes, 1, length(bytes) - ${2 * heading.length}) WHERE deployment_id = 1 AND start_offset = ${at}`
				)
		)
	).toContainEqual(expect.stringMatching(/^I4: deployment 1 was promoted [23] times/));
	expect(
		await reported(
			() => sql("UPDATE deployments SET status = 'superseded' WHERE id = 1"),
			() => sql("UPDATE deployments SET status = 'success' WHERE id = 1")
		)
	).toEqual(['I4: deployment 1 is superseded, but it went live']);
	expect(
		await reported(
			() =>
				sql(
					"INSERT INTO deployments (id, project_id, branch, status, triggered_by, created_at) VALUES (93, 1, 'main', 'success', 'api', 1)"
				),
			() => sql('DELETE FROM deployments WHERE id = 93')
		)
	).toContainEqual('I4: deployment 93 is a success without a release');
	expect(
		await reported(
			() => sql('UPDATE webhook_deliveries SET deployment_id = 1'),
			() => sql('UPDATE webhook_deliveries SET deployment_id = 3')
		)
	).toEqual(['I4: deployment 3 comes from no delivery']);
});

test('I5: orphans of every kind', async () => {
	const labels = (project: number, deployment: number) =>
		Object.entries({ data: rig.data, project, deployment }).flatMap(([key, value]) => [
			'--label',
			`vps-panel.${key}=${value}`
		]);
	const container = 'panel-faults-orphan';
	expect(
		await reported(
			() => command('docker', ['create', '--name', container, ...labels(1, 77), 'node:24-slim']),
			() => command('docker', ['rm', container])
		)
	).toEqual([expect.stringMatching(/^I5: container \/panel-faults-orphan \(created\) of deployment 77/)]);
	expect(
		await reported(
			() => command('docker', ['network', 'create', ...labels(77, 77), container]),
			() => command('docker', ['network', 'rm', container])
		)
	).toEqual([`I5: network ${container} of no project`]);
	expect(
		await reported(
			() => command('docker', ['volume', 'create', ...labels(1, 1), container]),
			() => command('docker', ['volume', 'rm', container])
		)
	).toEqual([`I5: volume ${container}: the panel makes none`]);
	expect(
		await reported(
			() => sql('UPDATE releases SET image_available = 0 WHERE deployment_id = 1'),
			() => sql('UPDATE releases SET image_available = 1 WHERE deployment_id = 1')
		)
	).toEqual([expect.stringMatching(/^I5: image .* of deployment 1 belongs to no kept release/)]);
	const left = join(rig.data, 'sites', String(files.project.id), '88');
	expect(
		await reported(
			() => mkdir(left),
			() => rm(left, { recursive: true })
		)
	).toEqual([`I5: files sites/${files.project.id}/88 belong to no kept release`]);
	expect(
		await reported(
			() => writeFile(slots('77.live'), ''),
			() => rm(slots('77.live'))
		)
	).toEqual(['I5: file 77.live of a project that does not exist']);
	const mirror = join(rig.data, 'repositories', 'abc.git');
	expect(
		await reported(
			() => mkdir(mirror),
			() => rm(mirror, { recursive: true })
		)
	).toEqual(['I5: mirror abc.git of no project']);
});

test('I6: a log with a gap', async () => {
	expect(
		await reported(
			() => sql('UPDATE deployments SET log_bytes = log_bytes + 1 WHERE id = 1'),
			() => sql('UPDATE deployments SET log_bytes = log_bytes - 1 WHERE id = 1')
		)
	).toEqual([expect.stringMatching(/^I6: the log of deployment 1 has/)]);
	expect(
		await reported(
			() =>
				sql(
					'UPDATE log_chunks SET start_offset = start_offset + 1 WHERE deployment_id = 1 AND start_offset = 0'
				),
			() => sql('UPDATE log_chunks SET start_offset = 0 WHERE deployment_id = 1 AND start_offset = 1')
		)
	).toContainEqual('I6: the log of deployment 1 goes on at byte 1 instead of 0');
});

test('I7: a secret in a file, in the record', async () => {
	const secret = rig.canaries[0] ?? '';
	const file = join(rig.data, 'log', 'careless.log');
	expect(
		await reported(
			() => writeFile(file, `token ${secret}\n`),
			() => rm(file)
		)
	).toEqual(['I7: a canary lies in log/careless.log']);
	expect(
		await reported(
			() => sql(`UPDATE projects SET build_command = '${secret}' WHERE id = 1`),
			() => sql('UPDATE projects SET build_command = NULL WHERE id = 1; PRAGMA secure_delete = ON; VACUUM;')
		)
	).toContainEqual(expect.stringMatching(/^I7: a canary lies in panel\.db/));
});

test('I8: a row that points nowhere', async () => {
	expect(
		await reported(
			() =>
				sql(
					"INSERT INTO domains (id, project_id, domain, is_primary, tls, created_at) VALUES (9, 77, 'a.example.com', 0, 0, 1)"
				),
			() => sql('DELETE FROM domains WHERE id = 9')
		)
	).toEqual([expect.stringMatching(/^I8: domains row 9 names a row of projects/)]);
});

test('I9: a visitor who got no answer', async () => {
	const { Visitors } = await import('./lib/visitor.ts');
	const visitors = new Visitors(rig.port, 'server');
	server.visitors = visitors;
	await expect.poll(() => visitors.said).toEqual(['r0']);
	expect(await rig.violations()).toEqual([]);
	const label = `label=vps-panel.project=${server.project.id}`;
	const id = (
		await command('docker', ['ps', '-q', '--filter', label, '--filter', `label=vps-panel.data=${rig.data}`])
	).trim();
	await command('docker', ['stop', '--time', '0', id]);
	await expect.poll(() => visitors.failures.length).toBeGreaterThan(0);
	expect(await rig.violations()).toContainEqual(expect.stringMatching(/^I9: .* server: status 502/));
	await visitors.leave();
	server.visitors = null;
});
