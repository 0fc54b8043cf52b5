-- Shipped, and BRIN (version).
CREATE INDEX contacts_version_idx ON contacts USING brin (version);
CREATE INDEX sessions_version_idx ON sessions USING brin (version);
