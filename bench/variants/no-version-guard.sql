-- Shipped, without the version guard.
DROP TRIGGER version_guard ON contacts;
DROP TRIGGER version_guard ON sessions;
