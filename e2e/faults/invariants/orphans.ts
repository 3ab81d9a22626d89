/** I5: nothing with our label, and no file of ours, that no row of the record accounts for. */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { filesOf } from './agreement.ts';
import type { World } from './world.ts';

const deploymentOf = (labels: Record<string, string> | null): number =>
	Number(labels?.['vps-panel.deployment'] ?? 0);
const projectOf = (labels: Record<string, string> | null): number =>
	Number(labels?.['vps-panel.project'] ?? 0);

/** A deployment under way accounts for what its project has in Docker and on the disk. */
const open = (world: World): Set<number> =>
	new Set(
		world.deployments
			.filter((each) => ['pending', 'building', 'deploying'].includes(each.status))
			.map((each) => each.project_id)
	);

function containers(world: World, busy: Set<number>): string[] {
	const wanted = new Set(
		world.projects.flatMap((each) => [each.live_deployment_id, each.warm_deployment_id])
	);
	for (const release of world.releases)
		if (wanted.has(release.deployment_id)) wanted.add(release.container_deployment_id);
	return world.containers
		.filter((each) => !busy.has(projectOf(each.Labels)) && !wanted.has(deploymentOf(each.Labels)))
		.map(
			(each) =>
				`container ${each.Names[0]} (${each.State}) of deployment ${deploymentOf(each.Labels)} belongs to no release`
		);
}

function images(world: World, busy: Set<number>): string[] {
	const kept = new Set(world.releases.filter((each) => each.image_available).map((each) => each.image_id));
	for (const project of world.projects) {
		const live = world.releases.find((each) => each.deployment_id === project.live_deployment_id);
		if (live) kept.add(live.image_id);
	}
	const missing = [...kept].filter(
		(id) => id.startsWith('sha256:') && !world.images.some((image) => image.Id === id)
	);
	return [
		...world.images
			.filter((each) => !busy.has(projectOf(each.Labels)) && !kept.has(each.Id))
			.map(
				(each) =>
					`image ${each.RepoTags?.[0] ?? each.Id} of deployment ${deploymentOf(each.Labels)} belongs to no kept release`
			),
		...missing.map((id) => `image ${id} of a kept release is gone`)
	];
}

function files(world: World, busy: Set<number>): string[] {
	const found: string[] = [];
	const projects = new Set(world.projects.map((each) => String(each.id)));
	const kept = new Set(
		world.releases
			.filter((each) => each.kind === 'static' && each.image_available)
			.map((each) => `${each.project_id}/${filesOf(each)}`)
	);
	for (const path of world.staticFiles) {
		if (!busy.has(Number(path.split('/')[0])) && !kept.has(path))
			found.push(`files sites/${path} belong to no kept release`);
	}
	for (const path of kept)
		if (!world.staticFiles.includes(path)) found.push(`files sites/${path} of a kept release are gone`);
	for (const name of [...world.markers, ...world.siteFiles]) {
		const owner = /^(\d+)\.(green|live|static|spa|caddy)$/.exec(name)?.[1];
		if (!owner) found.push(`file ${name} beside the markers or site files`);
		else if (!projects.has(owner)) found.push(`file ${name} of a project that does not exist`);
	}
	const mirrors = new Set(
		world.projects.map((each) => `${createHash('sha256').update(each.git_url).digest('hex')}.git`)
	);
	for (const name of world.mirrors)
		if (!mirrors.has(name.replace(/\.lock$/, ''))) found.push(`mirror ${name} of no project`);
	return found;
}

/** What git leaves when it is killed: locks that stop the next fetch, packs that were never finished. */
async function gitRemains(world: World, busy: Set<number>): Promise<string[]> {
	const found: string[] = [];
	if (busy.size) return found;
	for (const mirror of world.mirrors.filter((name) => name.endsWith('.git'))) {
		const folder = join(world.given.data, 'repositories', mirror);
		for (const path of await readdir(folder, { recursive: true }).catch(() => [])) {
			if (!/\.lock$|tmp_(pack|idx|obj|rev)_/.test(path)) continue;
			const age = Date.now() - ((await stat(join(folder, path)).catch(() => null))?.mtimeMs ?? Date.now());
			if (age >= (world.given.graceMs ?? 0)) found.push(`git left repositories/${mirror}/${path}`);
		}
	}
	return found;
}

export async function noOrphans(world: World): Promise<string[]> {
	const busy = open(world);
	const projects = new Set(world.projects.map((each) => each.id));
	return [
		...containers(world, busy),
		...images(world, busy),
		...world.networks
			.filter((each) => !projects.has(projectOf(each.Labels)))
			.map((each) => `network ${each.Name} of no project`),
		...world.volumes.map((each) => `volume ${each.Name}: the panel makes none`),
		...files(world, busy),
		...(await gitRemains(world, busy))
	];
}
