-- name: message_sends.begin
-- why: an attempt to hand a message to its platform is on record before the platform is called: if nobody records
--      what came of it, it is in doubt, and so says the next one. The message is locked, so no two have one number
-- params: tenant_id text, message_id uuid, began_at timestamptz
-- rows: one
-- returns: attempt integer, in_doubt boolean
WITH earlier AS (
    SELECT coalesce(max(attempt), 0) AS attempts,
           coalesce(bool_or(outcome IS NULL OR outcome = 'unanswered'), false) AS in_doubt
      FROM message_sends
     WHERE tenant_id = $1 AND message_id = $2
), begun AS (
    INSERT INTO message_sends (tenant_id, message_id, attempt, began_at)
    SELECT $1, $2, attempts + 1, $3
      FROM earlier
    RETURNING attempt
)
SELECT begun.attempt, earlier.in_doubt
  FROM begun CROSS JOIN earlier;

-- name: message_sends.settle
-- why: what came of an attempt, told once: the first to tell is heard
-- params: tenant_id text, message_id uuid, attempt integer, outcome text, ended_at timestamptz, reason text,
--         channel_message_id text
-- rows: affected
UPDATE message_sends
   SET outcome = $4,
       ended_at = greatest(began_at, $5),
       reason = $6,
       channel_message_id = $7
 WHERE tenant_id = $1 AND message_id = $2 AND attempt = $3 AND outcome IS NULL;

-- name: message_sends.find_by_message
-- why: how often a message was handed over, and what came of it, for whoever asks why it is not there, or twice
-- params: tenant_id text, message_id uuid
-- rows: many
-- returns: attempt integer, began_at timestamptz, ended_at timestamptz, outcome text, reason text,
--          channel_message_id text
SELECT attempt, began_at, ended_at, outcome, reason, channel_message_id
  FROM message_sends
 WHERE tenant_id = $1 AND message_id = $2
 ORDER BY attempt;
