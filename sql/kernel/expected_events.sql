-- name: expected_events.hold
-- why: of two events of an aggregate one is dealt with after the other; what the second finds is what is due then
-- params: tenant_id text, consumer text, aggregate_type text, aggregate_id uuid
-- rows: maybe
-- returns: aggregate_version integer, sequence smallint
SELECT aggregate_version, sequence
  FROM expected_events
 WHERE tenant_id = $1 AND consumer = $2 AND aggregate_type = $3 AND aggregate_id = $4
 ORDER BY aggregate_id
   FOR UPDATE;

-- name: expected_events.add
-- why: with the first event of an aggregate that a consumer deals with; of two at once, one fails
-- params: tenant_id text, consumer text, aggregate_type text, aggregate_id uuid, aggregate_version integer,
--         sequence smallint
-- rows: affected
INSERT INTO expected_events (tenant_id, consumer, aggregate_type, aggregate_id, aggregate_version, sequence)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: expected_events.move
-- why: with every other event of it, behind expected_events.hold
-- params: tenant_id text, consumer text, aggregate_type text, aggregate_id uuid, aggregate_version integer,
--         sequence smallint
-- rows: affected
UPDATE expected_events SET aggregate_version = $5, sequence = $6
 WHERE tenant_id = $1 AND consumer = $2 AND aggregate_type = $3 AND aggregate_id = $4;
