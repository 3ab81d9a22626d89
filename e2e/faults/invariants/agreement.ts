/** I2: for every project the record, the running container and the route name the same release. */
import type { Container, Project, Release, World } from './world.ts';

/** "files:12" in the place of an image. */
export const filesOf = (release: Release): number => Number(/^files:(\d+)$/.exec(release.image_id)?.[1] ?? 0);

const nameOf = (container: Container): string => container.Names[0]?.slice(1) ?? container.Id;

function markedSlot(world: World, id: number): string {
	const has = (kind: string) => world.markers.includes(`${id}.${kind}`);
	if (has('static')) return 'static';
	if (has('green')) return 'green';
	return has('live') ? 'blue' : 'none';
}

function checkStatic(world: World, project: Project, release: Release): string[] {
	const current = world.currentFiles.get(project.id) ?? 0;
	return current === filesOf(release)
		? []
		: [
				`project ${project.id}: the files of deployment ${current} are served instead of those of ${filesOf(release)}`
			];
}

function checkContainer(world: World, project: Project, release: Release): string[] {
	const slot = world.containers.filter(
		(each) =>
			each.Labels['vps-panel.project'] === String(project.id) && nameOf(each).endsWith(`-${release.slot}`)
	);
	const live = slot[0];
	if (!live)
		return [
			`project ${project.id}: no container in the ${release.slot} slot, where ${release.deployment_id} is live`
		];
	const found: string[] = [];
	if (live.State !== 'running') found.push(`project ${project.id}: its live container is ${live.State}`);
	const label = live.Labels['vps-panel.deployment'];
	const owners = [release.deployment_id, release.container_deployment_id];
	if (!owners.some((owner) => label === String(owner))) {
		found.push(`project ${project.id}: ${release.deployment_id} is live, but the container is of ${label}`);
	}
	return found;
}

export function oneTruth(world: World): string[] {
	const found: string[] = [];
	for (const project of world.projects) {
		const marked = markedSlot(world, project.id);
		const route = world.routes.get(project.id);
		if (project.live_deployment_id === null) {
			if (marked !== 'none')
				found.push(`project ${project.id}: nothing is live, but the marker says ${marked}`);
			continue;
		}
		const release = world.releases.find((each) => each.deployment_id === project.live_deployment_id);
		if (!release) {
			found.push(`project ${project.id}: deployment ${project.live_deployment_id} is live without a release`);
			continue;
		}
		if (marked !== release.slot)
			found.push(`project ${project.id}: live in ${release.slot}, but the marker says ${marked}`);
		if (route?.slot !== release.slot) {
			found.push(
				`project ${project.id}: live in ${release.slot}, but Caddy answers from ${route?.slot} (${route?.status})`
			);
		}
		found.push(
			...(release.kind === 'static'
				? checkStatic(world, project, release)
				: checkContainer(world, project, release))
		);
	}
	return found;
}
