/** Shapes wire objects to what pages show, so that a page carries no more than it needs. */
import type { DeploymentSummary, Project, ProjectSummary, RecentProject } from '#lib/types.ts';

export function summarize(project: Project): ProjectSummary {
	return {
		id: project.id,
		name: project.name,
		url: project.url,
		status: project.status,
		framework: project.framework,
		git_branch: project.git_branch,
		live_deployment_id: project.live_deployment_id,
		updated_at: project.updated_at,
		latest: project.latest_deployment ? withoutDetails(project.latest_deployment) : null
	};
}

export function withoutDetails(deployment: DeploymentSummary): DeploymentSummary {
	const {
		steps: _steps,
		plan: _plan,
		explanation: _explanation,
		...rest
	} = deployment as DeploymentSummary & {
		steps?: unknown;
		plan?: unknown;
		explanation?: unknown;
	};
	return { ...rest, commit_message: rest.commit_message?.split('\n')[0]?.slice(0, 200) ?? null };
}

/** The projects that were deployed last, out of the newest deployments of all. */
export function recentProjects(deployments: DeploymentSummary[]): RecentProject[] {
	const byId = new Map<number, RecentProject>();
	for (const row of deployments) {
		const known = byId.get(row.project_id);
		if (known) known.live ||= row.is_live;
		else {
			byId.set(row.project_id, {
				id: row.project_id,
				name: row.project_name,
				live: row.is_live,
				latest: withoutDetails(row)
			});
		}
	}
	return [...byId.values()];
}

/** How long a deployment of each project usually takes, in seconds: what the bar of a running one is measured against. */
export function medianDurations(deployments: DeploymentSummary[]): Record<number, number> {
	const byProject = new Map<number, number[]>();
	for (const { project_id, status, duration, triggered_by } of deployments) {
		if (status !== 'success' || duration === null || triggered_by === 'rollback') continue;
		byProject.set(project_id, [...(byProject.get(project_id) ?? []), duration]);
	}
	const medians: Record<number, number> = {};
	for (const [id, durations] of byProject) {
		durations.sort((a, b) => a - b);
		medians[id] = durations[Math.floor(durations.length / 2)] ?? 0;
	}
	return medians;
}
