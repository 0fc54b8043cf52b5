-- Shipped, and a partial index (id) whose predicate names version.
CREATE INDEX contacts_version_idx ON contacts (id) WHERE version > 1;
CREATE INDEX sessions_version_idx ON sessions (id) WHERE version > 1;
