-- name: service.answers.keep
-- why: goes with the COMMIT of what it answers, so that there is an answer exactly if there is an effect
-- params: tenant_id text, command_id uuid, fingerprint bytea, status integer, headers jsonb, body text,
--         answered_at timestamptz
-- rows: affected
INSERT INTO service.answers (tenant_id, command_id, fingerprint, status, headers, body, answered_at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: service.answers.get
-- why: a request that comes again is given the answer of the first one
-- params: tenant_id text, command_id uuid
-- rows: maybe
-- returns: fingerprint bytea, status integer, headers jsonb, body text
SELECT fingerprint, status, headers, body
  FROM service.answers
 WHERE tenant_id = $1 AND command_id = $2;

-- name: service.answers.prune
-- why: an answer is of no more use once nobody sends its request again
-- params: tenant_id text, answered_before timestamptz
-- rows: affected
-- plan: reads the tenant's answers: it is done seldom, and an index by time would cost every request
DELETE FROM service.answers
 WHERE tenant_id = $1 AND answered_at < $2;
