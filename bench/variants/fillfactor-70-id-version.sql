-- Shipped, with fillfactor 70 and (id, version).
ALTER TABLE contacts SET (fillfactor = 70);
ALTER TABLE sessions SET (fillfactor = 70);

VACUUM (FULL, FREEZE, ANALYZE) contacts, sessions;

CREATE INDEX contacts_id_version_idx ON contacts (id, version);
CREATE INDEX sessions_id_version_idx ON sessions (id, version);
