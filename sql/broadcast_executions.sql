-- name: broadcast_executions.add_members
-- why: the snapshot of a static list: each live member gets the broadcast, once, however often it is taken
-- params: tenant_id text, broadcast_id uuid, contact_list_id uuid, created_at timestamptz
-- rows: affected
INSERT INTO broadcast_executions (
    tenant_id, broadcast_id, contact_id, status, created_at, updated_at
)
SELECT m.tenant_id, $2, m.contact_id, 'pending', $4, $4
  FROM contact_list_members m
  JOIN contacts c ON c.tenant_id = m.tenant_id AND c.id = m.contact_id
 WHERE m.tenant_id = $1 AND m.contact_list_id = $3 AND c.tenant_id = $1 AND c.deleted_at IS NULL
 ORDER BY m.contact_id
    ON CONFLICT (tenant_id, broadcast_id, contact_id) DO NOTHING;

-- name: broadcast_executions.claim
-- why: the next contacts of a broadcast, held with their executions in one order until their messages are
--      stored: each contact, for which it waits, before its execution, which is passed over if somebody
--      else holds it
-- params: tenant_id text, broadcast_id uuid, at_most bigint
-- rows: many
-- returns: contact_id uuid, name text, deleted boolean, reachable boolean
SELECT e.contact_id, c.name, c.deleted_at IS NOT NULL AS deleted,
       c.phone IS NOT NULL OR EXISTS (
           SELECT
             FROM contact_identities i
            WHERE i.tenant_id = $1 AND i.contact_id = e.contact_id) AS reachable
  FROM broadcast_executions e
  JOIN contacts c ON c.tenant_id = e.tenant_id AND c.id = e.contact_id
 WHERE e.tenant_id = $1 AND e.broadcast_id = $2 AND e.status = 'pending' AND c.tenant_id = $1
 ORDER BY e.contact_id
 LIMIT $3
   FOR NO KEY UPDATE OF c
   FOR NO KEY UPDATE OF e SKIP LOCKED;

-- name: broadcast_executions.queue
-- why: the contact's message is stored, to be sent; from pending alone, so that none is stored twice
-- params: tenant_id text, broadcast_id uuid, contact_id uuid, message_id uuid, queued_at timestamptz
-- rows: affected
UPDATE broadcast_executions
   SET status = 'sending',
       message_id = $4,
       queued_at = $5,
       updated_at = $5
 WHERE tenant_id = $1 AND broadcast_id = $2 AND contact_id = $3 AND status = 'pending';

-- name: broadcast_executions.skip
-- why: there is nobody to send the message to; from pending alone
-- params: tenant_id text, broadcast_id uuid, contact_id uuid, error text, skipped_at timestamptz
-- rows: affected
UPDATE broadcast_executions
   SET status = 'skipped',
       error = $4,
       updated_at = $5
 WHERE tenant_id = $1 AND broadcast_id = $2 AND contact_id = $3 AND status = 'pending';

-- name: broadcast_executions.settle
-- why: the message tells that the platform took it, or that it did not; counted once, by who leaves sending
-- params: tenant_id text, message_id uuid, status text, sent_at timestamptz, error text,
--         settled_at timestamptz
-- rows: maybe
-- returns: broadcast_id uuid
UPDATE broadcast_executions
   SET status = $3,
       sent_at = $4,
       error = $5,
       updated_at = $6
 WHERE tenant_id = $1 AND message_id = $2 AND status = 'sending'
RETURNING broadcast_id;

-- name: broadcast_executions.move
-- why: the executions of a merged contact are those of the surviving one, but in a broadcast to both
-- params: tenant_id text, merged_contact_id uuid, surviving_contact_id uuid
-- rows: affected
UPDATE broadcast_executions m
   SET contact_id = $3
 WHERE m.tenant_id = $1 AND m.contact_id = $2
   AND NOT EXISTS (
           SELECT
             FROM broadcast_executions s
            WHERE s.tenant_id = $1 AND s.broadcast_id = m.broadcast_id AND s.contact_id = $3);

-- name: broadcast_executions.count_queued
-- why: the rate limit: how many messages of a broadcast were stored in the last minute
-- params: tenant_id text, broadcast_id uuid, queued_after timestamptz
-- rows: one
-- returns: queued bigint
SELECT count(*) AS queued
  FROM broadcast_executions
 WHERE tenant_id = $1 AND broadcast_id = $2 AND queued_at > $3;

-- name: broadcast_executions.has_open
-- why: a broadcast is complete when no execution is pending or being sent
-- params: tenant_id text, broadcast_id uuid
-- rows: one
-- returns: open boolean
SELECT EXISTS (
    SELECT
      FROM broadcast_executions
     WHERE tenant_id = $1 AND broadcast_id = $2 AND status IN ('pending', 'sending')
) AS open;

-- name: broadcast_executions.find
-- why: to whom a broadcast goes and how far it has come with each, one page by the contacts' ids
-- params: tenant_id text, broadcast_id uuid, after_contact_id uuid, limit bigint
-- rows: many
-- returns: contact_id uuid, status text, message_id uuid, error text, queued_at timestamptz,
--          sent_at timestamptz, created_at timestamptz, updated_at timestamptz
SELECT contact_id, status, message_id, error, queued_at, sent_at, created_at, updated_at
  FROM broadcast_executions
 WHERE tenant_id = $1 AND broadcast_id = $2 AND contact_id > $3
 ORDER BY contact_id
 LIMIT $4;
