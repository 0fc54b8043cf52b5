-- contacts.get, in a transaction of its own.
\set n random(:first, :last)
BEGIN;
SELECT id, version, tenant_id, project_id, name, email, phone, external_id, source_channel, language,
       timezone, tags, profile_picture_url, profile_picture_fetched_at, first_interaction_at,
       last_interaction_at, created_at, updated_at, deleted_at, merged_into
  FROM contacts
 WHERE tenant_id = :tenant AND id = bench_id(:n) AND deleted_at IS NULL;
ROLLBACK;
