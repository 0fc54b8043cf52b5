-- Shipped, and unique (id) INCLUDE (version).
CREATE UNIQUE INDEX contacts_id_version_idx ON contacts (id) INCLUDE (version);
CREATE UNIQUE INDEX sessions_id_version_idx ON sessions (id) INCLUDE (version);
