DROP TRIGGER IF EXISTS version_fence ON billing_accounts;
DROP TRIGGER IF EXISTS version_fence ON projects;
DROP TRIGGER IF EXISTS version_fence ON pipelines;
DROP TRIGGER IF EXISTS version_fence ON channels;
DROP TRIGGER IF EXISTS version_fence ON contacts;
DROP TRIGGER IF EXISTS version_fence ON sessions;
