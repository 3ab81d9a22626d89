/**
 * A record of any size, written by the database itself: one statement a table, the same text for SQLite and PostgreSQL. Each
 * project's deployments lie as far apart as the others' between them make it; nine of ten succeeded, the newest ten are kept.
 */
export interface Size {
	projects: number;
	/** Of each project. */
	deployments: number;
}

const start = 'CAST(1769000000000 AS BIGINT)';
const rows = (count: number) =>
	`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;
const owner = '(SELECT MIN(id) FROM users)';

/** In the order of their references; the ids of projects and deployments count from 1. */
export function recordSql({ projects, deployments }: Size): string[] {
	const all = projects * deployments;
	const status = `CASE WHEN (i + i / ${projects}) % 10 = 0 AND i <= ${all - projects} THEN 'failed' ELSE 'success' END`;
	return [
		`${rows(projects)} INSERT INTO projects (id, user_id, name, git_url, frontend_port, webhook_secret, status, framework,
			live_deployment_id, created_at, updated_at)
		SELECT i, ${owner}, 'project-' || i, 'https://git.example.com/acme/project-' || i || '.git', 100000 + 2 * i, '-', 'active',
			'nextjs', ${all - projects} + i, ${start} + i, ${start} + i FROM n`,
		`${rows(all)} INSERT INTO deployments (id, project_id, user_id, commit_hash, commit_message, commit_author, branch, status,
			triggered_by, started_at, completed_at, duration, created_at)
		SELECT i, 1 + (i - 1) % ${projects}, ${owner}, 'c0ffee00c0ffee00c0ffee00c0ffee' || (1000000000 + i),
			'Change the heading of page ' || i, 'Lena Berg', 'main', ${status}, 'webhook', ${start} + i, ${start} + i + 34500, 35,
			${start} + i FROM n`,
		`INSERT INTO releases (deployment_id, project_id, kind, image_id, plan_json, environment, health_path, container_port, slot,
			image_available, created_at)
		SELECT id, project_id, 'container', 'sha256:' || id, '{}', '', '/', 3000, 'blue',
			CASE WHEN id > ${all - 10 * projects} THEN 1 ELSE 0 END, created_at FROM deployments WHERE status = 'success'`,
		`INSERT INTO domains (project_id, domain, is_primary, tls, created_at)
		SELECT id, name || '.example.com', 1, 1, created_at FROM projects`,
		`INSERT INTO environments (project_id, key, value, is_secret, scope, created_at)
		SELECT id, 'MODE', '-', 1, 'all', created_at FROM projects`,
		`INSERT INTO deployment_counts (status, deployments) SELECT status, COUNT(*) FROM deployments GROUP BY status`
	];
}
