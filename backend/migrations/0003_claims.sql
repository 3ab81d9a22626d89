-- Who works on a deployment stands in its own row, so that the queue is no more than a bell: whatever queue is used, and
-- whether or not it forgot, a deployment is run by the holder of its claim alone. `fence` grows with each claim.

ALTER TABLE deployments ADD COLUMN claim_owner TEXT NOT NULL DEFAULT '';
ALTER TABLE deployments ADD COLUMN claim_until BIGINT;
ALTER TABLE deployments ADD COLUMN fence BIGINT NOT NULL DEFAULT 0;
ALTER TABLE deployments ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
UPDATE deployments SET
    fence = COALESCE((SELECT j.fence FROM jobs j WHERE j.kind = 'deploy' AND j.subject_id = deployments.id), 0),
    attempts = COALESCE((SELECT j.attempts FROM jobs j WHERE j.kind = 'deploy' AND j.subject_id = deployments.id), 0)
WHERE status IN ('pending', 'building', 'deploying');
CREATE INDEX deployments_unfinished_by_project ON deployments (project_id, id) WHERE status IN ('pending', 'building', 'deploying');

-- The embedded queue. Its jobs ring for work that stands in other tables: those of before are rung for again.
-- `turn` is a job's place among the groups: the smallest is taken first. A job behind another one of its group is
-- 'blocked' until that one has gone.
DROP TABLE jobs;
CREATE TABLE jobs (
    id {{id}},
    task_id TEXT NOT NULL,
    queue TEXT NOT NULL,
    type TEXT NOT NULL,
    payload TEXT NOT NULL,
    headers TEXT NOT NULL DEFAULT '',
    group_name TEXT NOT NULL DEFAULT '',
    turn BIGINT NOT NULL,
    state TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    retried INTEGER NOT NULL DEFAULT 0,
    max_retry INTEGER NOT NULL,
    timeout_ms BIGINT NOT NULL,
    deadline BIGINT,
    retention_ms BIGINT NOT NULL DEFAULT 0,
    unique_key TEXT,
    unique_until BIGINT,
    lease_owner TEXT NOT NULL DEFAULT '',
    lease_until BIGINT,
    fence BIGINT NOT NULL DEFAULT 0,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    last_error TEXT NOT NULL DEFAULT '',
    failed_at BIGINT,
    ended_at BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (queue, task_id)
);
CREATE INDEX jobs_ready ON jobs (queue, turn, id) WHERE state = 'ready';
CREATE INDEX jobs_of_group ON jobs (queue, group_name, turn) WHERE state IN ('ready', 'blocked', 'active');
CREATE INDEX jobs_active ON jobs (lease_until) WHERE state = 'active';
CREATE INDEX jobs_later ON jobs (run_at) WHERE state IN ('scheduled', 'retry');
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE state IN ('completed', 'archived');
CREATE UNIQUE INDEX jobs_unique ON jobs (unique_key) WHERE unique_key IS NOT NULL;

CREATE TABLE job_queues (
    name TEXT PRIMARY KEY,
    paused INTEGER NOT NULL DEFAULT 0,
    turn BIGINT NOT NULL DEFAULT 0,
    processed BIGINT NOT NULL DEFAULT 0,
    failed BIGINT NOT NULL DEFAULT 0
);
