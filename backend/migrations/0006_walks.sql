-- Whatever lists the record or looks through it regularly walks an index, however long the record is.

-- Whose project it is of, so that the newest deployments of one user are a walk.
ALTER TABLE deployments ADD COLUMN user_id BIGINT NOT NULL DEFAULT 0;
UPDATE deployments SET user_id = COALESCE((SELECT p.user_id FROM projects p WHERE p.id = deployments.project_id), 0);
CREATE INDEX deployments_by_user ON deployments (user_id, id);

DROP INDEX deployments_unfinished;
CREATE INDEX deployments_unfinished ON deployments (id) WHERE status IN ('pending', 'building', 'deploying');
CREATE INDEX deployments_watched_of_project ON deployments (project_id, id) WHERE watch = 'watching';
-- The least length is that of database/disk_repo.
CREATE INDEX deployments_with_log ON deployments (id) WHERE log_bytes > 256 AND status NOT IN ('pending', 'building', 'deploying');

-- How many there are of each status, kept with each change of one.
CREATE TABLE deployment_counts (
    status TEXT PRIMARY KEY,
    deployments BIGINT NOT NULL
);
INSERT INTO deployment_counts (status, deployments) SELECT status, COUNT(*) FROM deployments GROUP BY status;

-- What the build logs of a project take, kept with each change of one.
ALTER TABLE projects ADD COLUMN log_bytes BIGINT NOT NULL DEFAULT 0;
UPDATE projects SET log_bytes = COALESCE((SELECT SUM(d.log_bytes) FROM deployments d WHERE d.project_id = projects.id), 0);
CREATE INDEX projects_by_git_url ON projects (git_url);

-- All but a few releases of a project have lost what they were made of.
CREATE INDEX releases_kept ON releases (project_id, deployment_id) WHERE image_available = 1;

DROP INDEX domains_by_project;
CREATE INDEX domains_by_project ON domains (project_id, is_primary DESC, id);

CREATE INDEX users_who_administer ON users (id) WHERE role = 'admin';
CREATE INDEX sessions_by_end ON sessions (expires_at);
CREATE INDEX refresh_tokens_by_end ON refresh_tokens (expires_at);
CREATE INDEX disk_items_by_use ON disk_items (last_used_at, kind, name);

DROP INDEX jobs_ended;
CREATE INDEX jobs_completed ON jobs ((ended_at + retention_ms)) WHERE state = 'completed';
CREATE INDEX jobs_archived ON jobs (ended_at) WHERE state = 'archived';
