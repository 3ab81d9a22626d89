-- Single named values of this installation, such as the one that tells whether the key file belongs to the database.

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
