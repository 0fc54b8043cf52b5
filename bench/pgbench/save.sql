-- contacts.update of a row whose version the client knows, with its event; each client has one row.
\set n :first + :client_id
\if :version = 0
SELECT version FROM contacts WHERE tenant_id = :tenant AND id = bench_id(:n) \gset
\endif
BEGIN;
UPDATE contacts
   SET name = 'Name ' || :version,
       email = 'c' || :n || '@bench.example',
       phone = '+' || 5500000000000 + :n,
       external_id = NULL,
       source_channel = 'whatsapp',
       language = 'en',
       timezone = 'America/Sao_Paulo',
       tags = ARRAY['whatsapp', 'tag'],
       profile_picture_url = NULL,
       profile_picture_fetched_at = NULL,
       first_interaction_at = '2025-01-01',
       last_interaction_at = '2025-01-01',
       updated_at = now(),
       deleted_at = NULL,
       merged_into = NULL,
       version = version + 1
 WHERE tenant_id = :tenant AND id = bench_id(:n) AND version = :version
RETURNING id, version;
\set version :version + 1
INSERT INTO outbox_events (
    tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type, aggregate_id,
    aggregate_version, sequence, payload)
VALUES (:tenant, gen_random_uuid(), 'contact.name_changed', 'v1', now(), 'contact', bench_id(:n),
    :version, 1, '{"tenant_id": "bench", "old_name": "Name 1", "new_name": "Name 2", "changed_by": null}');
COMMIT;
