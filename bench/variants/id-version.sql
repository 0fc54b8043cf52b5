-- Shipped, and (id, version) as 0050.add-versions-and-locking-indexes makes it.
CREATE INDEX contacts_id_version_idx ON contacts (id, version);
CREATE INDEX sessions_id_version_idx ON sessions (id, version);
