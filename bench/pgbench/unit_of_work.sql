-- contacts.get, contacts.update with the version that was read, the event, COMMIT.
-- Each client has rows of its own: one that lost a race would still write its event.
\set n :first + :client_id + :clients * random(0, (:last - :first + 1) / :clients - 1)
BEGIN;
SELECT id, version, tenant_id, project_id, name, email, phone, external_id, source_channel, language,
       timezone, tags, profile_picture_url, profile_picture_fetched_at, first_interaction_at,
       last_interaction_at, created_at, updated_at, deleted_at, merged_into
  FROM contacts
 WHERE tenant_id = :tenant AND id = bench_id(:n) AND deleted_at IS NULL \gset
UPDATE contacts
   SET name = 'Name ' || :version,
       email = :email,
       phone = :phone,
       external_id = NULL,
       source_channel = :source_channel,
       language = :language,
       timezone = :timezone,
       tags = :tags,
       profile_picture_url = NULL,
       profile_picture_fetched_at = NULL,
       first_interaction_at = :first_interaction_at,
       last_interaction_at = :last_interaction_at,
       updated_at = now(),
       deleted_at = NULL,
       merged_into = NULL,
       version = version + 1
 WHERE tenant_id = :tenant AND id = bench_id(:n) AND version = :version
RETURNING id, version;
INSERT INTO outbox_events (
    tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type, aggregate_id,
    aggregate_version, sequence, payload)
VALUES (:tenant, gen_random_uuid(), 'contact.name_changed', 'v1', now(), 'contact', bench_id(:n),
    :version + 1, 1, '{"tenant_id": "bench", "old_name": "Name 1", "new_name": "Name 2", "changed_by": null}');
COMMIT;
