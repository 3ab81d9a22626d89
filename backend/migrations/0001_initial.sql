-- The first schema. One portable dialect (SQLite 3.40, PostgreSQL 15): times are BIGINT milliseconds since 1970 UTC, booleans INTEGER 0/1,
-- {{id}} is the dialect's auto-incrementing 64-bit primary key, {{blob}} its byte string.

CREATE TABLE users (
    id {{id}},
    email TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    user_agent TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE refresh_tokens (
    token_hash TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);

CREATE TABLE projects (
    id {{id}},
    user_id BIGINT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL UNIQUE,
    git_url TEXT NOT NULL,
    git_branch TEXT NOT NULL DEFAULT 'main',
    root_directory TEXT NOT NULL DEFAULT '',
    framework TEXT,
    framework_override TEXT,
    baas_type TEXT,
    frontend_port BIGINT NOT NULL UNIQUE,
    backend_port BIGINT,
    install_command TEXT,
    build_command TEXT,
    start_command TEXT,
    output_dir TEXT,
    port INTEGER,
    dockerfile_path TEXT,
    health_path TEXT NOT NULL DEFAULT '/',
    auto_deploy INTEGER NOT NULL DEFAULT 1,
    status TEXT NOT NULL DEFAULT 'pending',
    live_deployment_id BIGINT,
    webhook_secret TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX projects_by_user ON projects (user_id, id);

CREATE TABLE deployments (
    id {{id}},
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    commit_hash TEXT NOT NULL DEFAULT '',
    commit_message TEXT NOT NULL DEFAULT '',
    commit_author TEXT NOT NULL DEFAULT '',
    branch TEXT NOT NULL,
    status TEXT NOT NULL,
    triggered_by TEXT NOT NULL,
    rollback_of BIGINT,
    requested_commit TEXT NOT NULL DEFAULT '',
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    started_at BIGINT,
    completed_at BIGINT,
    duration BIGINT,
    error_message TEXT NOT NULL DEFAULT '',
    explanation TEXT NOT NULL DEFAULT '',
    plan TEXT NOT NULL DEFAULT '',
    log_bytes BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);
CREATE INDEX deployments_by_project ON deployments (project_id, id);
CREATE INDEX deployments_unfinished ON deployments (status, id) WHERE status IN ('pending', 'building', 'deploying');

CREATE TABLE deployment_steps (
    deployment_id BIGINT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    started_at BIGINT,
    duration_ms BIGINT,
    PRIMARY KEY (deployment_id, name)
);

CREATE TABLE log_chunks (
    deployment_id BIGINT NOT NULL REFERENCES deployments (id) ON DELETE CASCADE,
    start_offset BIGINT NOT NULL,
    bytes TEXT NOT NULL,
    PRIMARY KEY (deployment_id, start_offset)
);

CREATE TABLE releases (
    deployment_id BIGINT PRIMARY KEY REFERENCES deployments (id) ON DELETE CASCADE,
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    image_id TEXT NOT NULL,
    plan_json TEXT NOT NULL,
    environment TEXT NOT NULL,
    health_path TEXT NOT NULL,
    container_port INTEGER NOT NULL,
    slot TEXT NOT NULL,
    image_available INTEGER NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL
);
CREATE INDEX releases_by_project ON releases (project_id, deployment_id);

CREATE TABLE environments (
    id {{id}},
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    is_secret INTEGER NOT NULL,
    scope TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (project_id, key)
);

CREATE TABLE domains (
    id {{id}},
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    domain TEXT NOT NULL UNIQUE,
    is_primary INTEGER NOT NULL,
    tls INTEGER NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX domains_by_project ON domains (project_id, id);

CREATE TABLE jobs (
    id {{id}},
    kind TEXT NOT NULL,
    project_id BIGINT NOT NULL,
    subject_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    lease_until BIGINT,
    lease_owner TEXT NOT NULL DEFAULT '',
    fence BIGINT NOT NULL DEFAULT 0,
    last_error TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL
);
CREATE INDEX jobs_ready ON jobs (state, run_at, id);
CREATE UNIQUE INDEX jobs_by_subject ON jobs (kind, subject_id);

CREATE TABLE webhook_deliveries (
    id {{id}},
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    delivery_id TEXT NOT NULL,
    deployment_id BIGINT,
    outcome TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    UNIQUE (project_id, provider, delivery_id)
);
