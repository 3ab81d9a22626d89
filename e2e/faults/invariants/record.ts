/** I1, I3, I4, I6: what the record alone tells. */
import { finals, type Deployment, type World } from './world.ts';

export function everyDeploymentEnds({ given, deployments }: World): string[] {
	const now = Date.now();
	return deployments
		.filter((each) => !finals.includes(each.status) && now - each.created_at >= (given.patienceMs ?? 0))
		.map(
			(each) =>
				`deployment ${each.id} is ${each.status} ${Math.round((now - each.created_at) / 1000)} s after it was accepted`
		);
}

function order(world: World, projectId: number): string[] {
	const found: string[] = [];
	const released = world.releases.filter((release) => release.project_id === projectId);
	const deploymentOf = new Map(world.deployments.map((each) => [each.id, each]));
	const pushed = world.given.commits?.get(projectId);
	let newest: Deployment | undefined;
	let newestPush = -1;
	for (const release of released) {
		const deployment = deploymentOf.get(release.deployment_id);
		if (!deployment) continue;
		if (newest && deployment.id < newest.id) {
			found.push(`project ${projectId}: deployment ${deployment.id} went live after the newer ${newest.id}`);
		}
		newest = deployment;
		if (!pushed || deployment.rollback_of || deployment.requested_commit) continue;
		const place = pushed.indexOf(deployment.commit_hash);
		if (place < newestPush) {
			found.push(
				`project ${projectId}: deployment ${deployment.id} brought back the older commit ${deployment.commit_hash}`
			);
		}
		newestPush = Math.max(newestPush, place);
	}
	return found;
}

export function oneAtATime(world: World): string[] {
	const found: string[] = [];
	for (const project of world.projects) {
		const open = world.deployments.filter(
			(each) => each.project_id === project.id && !finals.includes(each.status)
		);
		const waiting = open.filter((each) => each.status === 'pending');
		if (waiting.length > 1) found.push(`project ${project.id}: ${waiting.length} deployments wait`);
		if (open.length - waiting.length > 1) {
			found.push(`project ${project.id}: ${open.length - waiting.length} deployments run at once`);
		}
		found.push(...order(world, project.id));
		const newest = world.deployments.findLast(
			(each) => each.project_id === project.id && each.status === 'success'
		);
		if (
			newest &&
			!open.length &&
			project.live_deployment_id !== newest.id &&
			project.live_deployment_id !== null
		) {
			found.push(
				`project ${project.id}: ${project.live_deployment_id} is live, but ${newest.id} succeeded after it`
			);
		}
	}
	return found;
}

export async function everythingOnce(world: World): Promise<string[]> {
	const found: string[] = [];
	const released = new Set(world.releases.map((release) => release.deployment_id));
	for (const each of world.deployments) {
		if (each.status === 'success' && !released.has(each.id))
			found.push(`deployment ${each.id} is a success without a release`);
		if (['cancelled', 'superseded'].includes(each.status) && released.has(each.id)) {
			found.push(`deployment ${each.id} is ${each.status}, but it went live`);
		}
	}
	const promotions = await world.query<{ id: number; times: number }>(
		`SELECT deployment_id AS id, SUM((LENGTH(bytes) - LENGTH(REPLACE(bytes, 'Switched: new requests', ''))) / 22) AS times FROM log_chunks WHERE bytes LIKE '%Switched: new requests%' GROUP BY deployment_id`
	);
	for (const { id, times } of promotions) {
		if (times > 1) found.push(`deployment ${id} was promoted ${times} times`);
	}
	const byDelivery = new Map<string, number>();
	const byDeployment = new Map<number, number>();
	for (const { project_id, provider, delivery_id, deployment_id } of world.deliveries) {
		const key = `${project_id} ${provider} ${delivery_id}`;
		byDelivery.set(key, (byDelivery.get(key) ?? 0) + 1);
		if (deployment_id !== null) byDeployment.set(deployment_id, (byDeployment.get(deployment_id) ?? 0) + 1);
	}
	for (const [key, times] of byDelivery)
		if (times > 1) found.push(`delivery ${key} was accepted ${times} times`);
	for (const [id, times] of byDeployment)
		if (times > 1) found.push(`deployment ${id} comes from ${times} deliveries`);
	for (const each of world.deployments) {
		if (each.triggered_by === 'webhook' && !byDeployment.has(each.id))
			found.push(`deployment ${each.id} comes from no delivery`);
	}
	return found;
}

export function logsWithoutGaps({ deployments, chunks }: World): string[] {
	const found: string[] = [];
	const end = new Map<number, number>();
	for (const chunk of chunks) {
		const expected = end.get(chunk.deployment_id) ?? 0;
		if (chunk.start_offset !== expected) {
			found.push(
				`the log of deployment ${chunk.deployment_id} goes on at byte ${chunk.start_offset} instead of ${expected}`
			);
		}
		end.set(chunk.deployment_id, chunk.start_offset + chunk.length);
	}
	for (const { id, log_bytes } of deployments) {
		if (log_bytes !== (end.get(id) ?? 0))
			found.push(`the log of deployment ${id} has ${end.get(id) ?? 0} bytes, the record says ${log_bytes}`);
	}
	return found;
}
