-- Shipped, without the version fence.
DROP TRIGGER version_fence ON contacts;
DROP TRIGGER version_fence ON sessions;
