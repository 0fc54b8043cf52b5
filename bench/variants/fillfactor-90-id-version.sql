-- Shipped, with fillfactor 90 and (id, version).
ALTER TABLE contacts SET (fillfactor = 90);
ALTER TABLE sessions SET (fillfactor = 90);

VACUUM (FULL, FREEZE, ANALYZE) contacts, sessions;

CREATE INDEX contacts_id_version_idx ON contacts (id, version);
CREATE INDEX sessions_id_version_idx ON sessions (id, version);
