DROP FUNCTION IF EXISTS ventros_is_encrypted(text);
DROP FUNCTION IF EXISTS ventros_not_added(text, boolean);
DROP FUNCTION IF EXISTS ventros_not_saved(text, text, text, uuid, integer, integer);
DROP FUNCTION IF EXISTS ventros_version_guard();
DROP FUNCTION IF EXISTS ventros_tenant_of(jsonb);
DROP FUNCTION IF EXISTS ventros_user();
DROP FUNCTION IF EXISTS ventros_user_missing();
DROP FUNCTION IF EXISTS ventros_tenant();
DROP FUNCTION IF EXISTS ventros_tenant_missing();
