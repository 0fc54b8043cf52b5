-- Shipped, with fillfactor 70.
ALTER TABLE contacts SET (fillfactor = 70);
ALTER TABLE sessions SET (fillfactor = 70);

VACUUM (FULL, FREEZE, ANALYZE) contacts, sessions;
