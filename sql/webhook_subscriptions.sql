-- name: webhook_subscriptions.insert
-- why: the only way a webhook subscription comes into being; its version starts at 1
-- params: tenant_id text, id uuid, user_id uuid, project_id uuid, name text, url text, origin text,
--         events text[], subscribe_contact_events boolean, contact_event_types text[],
--         contact_event_categories text[], active boolean, secret text, headers text,
--         retry_count integer, timeout_seconds integer, created_at timestamptz, updated_at timestamptz,
--         deleted_at timestamptz
-- rows: affected
INSERT INTO webhook_subscriptions (
    tenant_id, id, user_id, project_id, name, url, origin, events, subscribe_contact_events,
    contact_event_types, contact_event_categories, active, secret, headers, retry_count,
    timeout_seconds, created_at, updated_at, deleted_at
) VALUES (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19
);

-- name: webhook_subscriptions.get
-- why: loads one webhook subscription by its key; a deleted one is not found
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: webhook_subscription
SELECT id, version, tenant_id, user_id, project_id, name, url, origin, events,
       subscribe_contact_events, contact_event_types, contact_event_categories, active, secret, headers,
       retry_count, timeout_seconds, created_at, updated_at, deleted_at
  FROM webhook_subscriptions
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: webhook_subscriptions.update
-- why: the only way a webhook subscription changes; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer, name text, url text, origin text,
--         events text[], subscribe_contact_events boolean, contact_event_types text[],
--         contact_event_categories text[], active boolean, secret text, headers text,
--         retry_count integer, timeout_seconds integer, updated_at timestamptz, deleted_at timestamptz
-- rows: maybe
-- returns: id uuid, version integer
UPDATE webhook_subscriptions
   SET name = $4,
       url = $5,
       origin = $6,
       events = $7,
       subscribe_contact_events = $8,
       contact_event_types = $9,
       contact_event_categories = $10,
       active = $11,
       secret = $12,
       headers = $13,
       retry_count = $14,
       timeout_seconds = $15,
       updated_at = $16,
       deleted_at = $17,
       version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: webhook_subscriptions.delete
-- why: removes a webhook subscription for good; guarded by the version it was loaded with
-- params: tenant_id text, id uuid, expected_version integer
-- rows: affected
DELETE FROM webhook_subscriptions
 WHERE tenant_id = $1 AND id = $2 AND version = $3;

-- name: webhook_subscriptions.stored_version
-- why: tells, after a guarded write touched no row, whether the subscription is gone or was changed
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: version integer
SELECT version
  FROM webhook_subscriptions
 WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL;

-- name: webhook_subscriptions.touch
-- why: steps the version of a webhook subscription that others rely on, without another change
-- params: tenant_id text, id uuid, expected_version integer
-- rows: maybe
-- returns: id uuid, version integer
UPDATE webhook_subscriptions
   SET version = version + 1
 WHERE tenant_id = $1 AND id = $2 AND version = $3
RETURNING id, version;

-- name: webhook_subscriptions.lock_for_share
-- why: webhook subscriptions that a decision rests on stay as they are until it is stored; others may share
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM webhook_subscriptions
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE;

-- name: webhook_subscriptions.lock_for_no_key_update
-- why: webhook subscriptions about to be saved, in one order, so that no two savers wait for each other
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM webhook_subscriptions
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: webhook_subscriptions.lock_for_update
-- why: webhook subscriptions about to be removed: not even a row that refers to them comes in meanwhile
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM webhook_subscriptions
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE;

-- name: webhook_subscriptions.try_lock_for_share
-- why: as lock_for_share, but without waiting: webhook subscriptions that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM webhook_subscriptions
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR SHARE SKIP LOCKED;

-- name: webhook_subscriptions.try_lock_for_no_key_update
-- why: as lock_for_no_key_update, but without waiting: webhook subscriptions that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM webhook_subscriptions
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: webhook_subscriptions.try_lock_for_update
-- why: as lock_for_update, but without waiting: webhook subscriptions that another holds are left out
-- params: tenant_id text, ids uuid[]
-- rows: many
-- returns: id uuid, version integer
SELECT id, version
  FROM webhook_subscriptions
 WHERE tenant_id = $1 AND id IN (SELECT unnest($2::uuid[])) AND deleted_at IS NULL
 ORDER BY id
   FOR UPDATE SKIP LOCKED;

-- name: webhook_subscriptions.find_by_project
-- why: a project's live subscriptions, the oldest first
-- params: tenant_id text, project_id uuid
-- rows: many
-- returns: webhook_subscription
-- plan: reads the tenant's subscriptions: a tenant is one project, and has few of them
SELECT id, version, tenant_id, user_id, project_id, name, url, origin, events,
       subscribe_contact_events, contact_event_types, contact_event_categories, active, secret, headers,
       retry_count, timeout_seconds, created_at, updated_at, deleted_at
  FROM webhook_subscriptions
 WHERE tenant_id = $1 AND project_id = $2 AND deleted_at IS NULL
 ORDER BY created_at, id;

-- name: webhook_subscriptions.find_by_active
-- why: a project's live subscriptions that are switched on, or those that are off, the oldest first
-- params: tenant_id text, project_id uuid, active boolean
-- rows: many
-- returns: webhook_subscription
-- plan: reads the tenant's subscriptions: a tenant is one project, and has few of them
SELECT id, version, tenant_id, user_id, project_id, name, url, origin, events,
       subscribe_contact_events, contact_event_types, contact_event_categories, active, secret, headers,
       retry_count, timeout_seconds, created_at, updated_at, deleted_at
  FROM webhook_subscriptions
 WHERE tenant_id = $1 AND project_id = $2 AND active = $3 AND deleted_at IS NULL
 ORDER BY created_at, id;

-- name: webhook_subscriptions.find_active_by_event
-- why: whom to send an event to; patterns are all those that match its name, and no other tenant is asked
-- params: tenant_id text, project_id uuid, patterns text[]
-- rows: many
-- returns: webhook_subscription
-- plan: reads the tenant's subscriptions, which are few: under row-level security no index may answer &&
SELECT id, version, tenant_id, user_id, project_id, name, url, origin, events,
       subscribe_contact_events, contact_event_types, contact_event_categories, active, secret, headers,
       retry_count, timeout_seconds, created_at, updated_at, deleted_at
  FROM webhook_subscriptions
 WHERE tenant_id = $1 AND project_id = $2 AND active AND deleted_at IS NULL
   AND events && $3
 ORDER BY created_at, id;

-- name: webhook_subscriptions.find_active_by_contact_event
-- why: whom to send a contact event to: those that filter by nothing, by its type or by its category
-- params: tenant_id text, project_id uuid, type text, category text
-- rows: many
-- returns: webhook_subscription
-- plan: reads the tenant's subscriptions, which are few: under row-level security no index may answer &&
SELECT id, version, tenant_id, user_id, project_id, name, url, origin, events,
       subscribe_contact_events, contact_event_types, contact_event_categories, active, secret, headers,
       retry_count, timeout_seconds, created_at, updated_at, deleted_at
  FROM webhook_subscriptions
 WHERE tenant_id = $1 AND project_id = $2 AND active AND deleted_at IS NULL
   AND subscribe_contact_events
   AND ((contact_event_types IS NULL AND contact_event_categories IS NULL)
        OR contact_event_types && ARRAY[$3, '*']
        OR contact_event_categories && ARRAY[$4, '*'])
 ORDER BY created_at, id;

-- name: webhook_subscriptions.find_active_of_tenants
-- why: which of the events that were just read are to be sent where: what the live subscriptions of their tenants
--      ask for, and nothing that is secret. By OFFSET each tenant is looked up, and never the table read whole
-- params: tenant_ids text[]
-- role: relay
-- rows: many
-- returns: tenant_id text, id uuid, events text[], subscribe_contact_events boolean, contact_event_types text[],
--          contact_event_categories text[]
SELECT s.tenant_id, s.id, s.events, s.subscribe_contact_events, s.contact_event_types, s.contact_event_categories
  FROM unnest($1::text[]) AS t (tenant_id)
 CROSS JOIN LATERAL (
           SELECT o.tenant_id, o.id, o.events, o.subscribe_contact_events, o.contact_event_types,
                  o.contact_event_categories
             FROM webhook_subscriptions AS o
            WHERE o.tenant_id = t.tenant_id AND o.active AND o.deleted_at IS NULL
           OFFSET 0) AS s
 ORDER BY s.tenant_id, s.id;

-- name: webhook_subscriptions.find_to_send
-- why: where and how to send what waits for subscriptions of any tenant; one that is off or deleted gets nothing
-- params: tenant_ids text[], ids uuid[]
-- role: relay
-- rows: many
-- returns: webhook_subscription
SELECT s.id, s.version, s.tenant_id, s.user_id, s.project_id, s.name, s.url, s.origin, s.events,
       s.subscribe_contact_events, s.contact_event_types, s.contact_event_categories, s.active, s.secret, s.headers,
       s.retry_count, s.timeout_seconds, s.created_at, s.updated_at, s.deleted_at
  FROM unnest($1::text[], $2::uuid[]) AS w (tenant_id, id)
  JOIN webhook_subscriptions AS s USING (tenant_id, id)
 WHERE s.active AND s.deleted_at IS NULL
 ORDER BY s.tenant_id, s.id;

-- name: webhook_subscriptions.find_by_other_keys
-- why: what is still encrypted with a key that no longer writes, a batch at a time, to be re-encrypted; nobody
--      is waited for: those that another holds are for a later pass. The second part of an encrypted value is
--      the id of its key; a deleted subscription has none
-- params: tenant_id text, writer_key_id text, after uuid, batch bigint
-- rows: many
-- returns: webhook_subscription
-- plan: reads the tenant's subscriptions until a batch is full: keys change seldom, and only a value of
--       its own tells which wrote it
SELECT id, version, tenant_id, user_id, project_id, name, url, origin, events,
       subscribe_contact_events, contact_event_types, contact_event_categories, active, secret, headers,
       retry_count, timeout_seconds, created_at, updated_at, deleted_at
  FROM webhook_subscriptions
 WHERE tenant_id = $1 AND id > $3 AND deleted_at IS NULL
   AND (split_part(url, '.', 2) <> $2
        OR split_part(secret, '.', 2) <> $2
        OR split_part(headers, '.', 2) <> $2)
 ORDER BY id
 LIMIT $4
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: webhook_subscriptions.count_by_other_keys
-- why: whether a key can be taken off the ring: how many values each key but the writer still has to read
-- params: tenant_id text, writer_key_id text
-- rows: many
-- returns: key_id text, stored_values bigint
-- plan: reads the tenant's subscriptions, as find_by_other_keys does
SELECT split_part(held.value, '.', 2) AS key_id, count(*) AS stored_values
  FROM webhook_subscriptions
 CROSS JOIN LATERAL unnest(ARRAY[url, secret, headers]) AS held (value)
 WHERE tenant_id = $1 AND split_part(held.value, '.', 2) <> $2
 GROUP BY 1
 ORDER BY 1;
