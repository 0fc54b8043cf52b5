-- Shipped, with fillfactor 90.
ALTER TABLE contacts SET (fillfactor = 90);
ALTER TABLE sessions SET (fillfactor = 90);

VACUUM (FULL, FREEZE, ANALYZE) contacts, sessions;
