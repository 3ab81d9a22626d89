-- How releases replace each other and how they are watched afterwards: a project's choice, and what became of each deployment.

ALTER TABLE projects ADD COLUMN release_strategy TEXT NOT NULL DEFAULT 'rolling';
ALTER TABLE projects ADD COLUMN watch_seconds INTEGER NOT NULL DEFAULT 60;
ALTER TABLE projects ADD COLUMN pinned_deployment_id BIGINT;
-- The release whose container still runs in the slot that visitors do not get.
ALTER TABLE projects ADD COLUMN warm_deployment_id BIGINT;
-- Why the status is what it is, when a deployment does not say it.
ALTER TABLE projects ADD COLUMN status_reason TEXT NOT NULL DEFAULT '';

ALTER TABLE deployments ADD COLUMN watch TEXT NOT NULL DEFAULT 'none';
ALTER TABLE deployments ADD COLUMN watch_until BIGINT;
-- How often its container had been restarted when it went live.
ALTER TABLE deployments ADD COLUMN watch_restarts INTEGER NOT NULL DEFAULT 0;
-- The release that was live before it.
ALTER TABLE deployments ADD COLUMN replaced_deployment_id BIGINT;
-- The deployment that failed its watch, when this one switches back by itself.
ALTER TABLE deployments ADD COLUMN switch_back_of BIGINT;
ALTER TABLE deployments ADD COLUMN pin_when_live INTEGER NOT NULL DEFAULT 0;
CREATE INDEX deployments_watched ON deployments (id) WHERE watch = 'watching';

-- The deployment that the label of its container names: another one's, when a rollback found the container still running. NULL: its own.
ALTER TABLE releases ADD COLUMN container_deployment_id BIGINT;

-- Work that one process at a time does for all that share the database.
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    held_until BIGINT NOT NULL
);
