-- name: set_tenant(tenant_id)$
SELECT set_config('app.tenant_id', :tenant_id, true);

-- name: get_contact(tenant_id, id)^
SELECT id, version, tenant_id, project_id, name, email, phone, external_id, source_channel, language,
       timezone, tags, profile_picture_url, profile_picture_fetched_at, first_interaction_at,
       last_interaction_at, created_at, updated_at, deleted_at, merged_into
  FROM contacts
 WHERE tenant_id = :tenant_id AND id = :id AND deleted_at IS NULL;

-- name: rename_contact(tenant_id, id, version, name, updated_at)$
UPDATE contacts
   SET name = :name, updated_at = :updated_at, version = version + 1
 WHERE tenant_id = :tenant_id AND id = :id AND version = :version
RETURNING version;

-- name: append_event(tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type, aggregate_id, aggregate_version, sequence, payload)!
INSERT INTO outbox_events (
    tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type, aggregate_id,
    aggregate_version, sequence, payload)
VALUES (:tenant_id, :event_id, :event_name, :event_version, :occurred_at, :aggregate_type, :aggregate_id,
    :aggregate_version, :sequence, :payload);
