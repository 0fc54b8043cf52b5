-- Shipped, and (version).
CREATE INDEX contacts_version_idx ON contacts (version);
CREATE INDEX sessions_version_idx ON sessions (version);
