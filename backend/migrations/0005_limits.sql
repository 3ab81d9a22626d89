-- What builds and applications may use, and where the disk goes.

-- Nothing: the server's default.
ALTER TABLE projects ADD COLUMN memory_limit_mb BIGINT;
ALTER TABLE projects ADD COLUMN cpu_limit DOUBLE PRECISION;
ALTER TABLE projects ADD COLUMN process_limit BIGINT;
-- The most memory that its newest builds were seen to use: what the next one is given room for.
ALTER TABLE projects ADD COLUMN build_peak_bytes BIGINT;

-- What the panel keeps on the disk, as last measured. Only what it made itself is here, and only what is here may be removed.
CREATE TABLE disk_items (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    project_id BIGINT,
    bytes BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    PRIMARY KEY (kind, name)
);

-- The disk as it was at a time, for the forecast.
CREATE TABLE disk_readings (
    at BIGINT PRIMARY KEY,
    total_bytes BIGINT NOT NULL,
    free_bytes BIGINT NOT NULL,
    reserve_bytes BIGINT NOT NULL,
    panel_bytes BIGINT NOT NULL
);
