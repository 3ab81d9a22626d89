-- How often reconcile found something amiss and put it right, by kind. For monitoring.
CREATE TABLE repair_counts (
    kind TEXT PRIMARY KEY,
    count BIGINT NOT NULL
);
