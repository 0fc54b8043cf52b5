-- name: channel_counters.bump
-- why: counts messages without a lock on the channel or a step of its version; a backend has a slot of
--      its own (one of 16, by its process id), so that concurrent messages do not queue for one row;
--      no time is given for sent messages, and the time of the last received one never goes back
-- params: tenant_id text, channel_id uuid, received bigint, sent bigint, last_message_at timestamptz
-- rows: affected
INSERT INTO channel_counters (
    tenant_id, channel_id, slot, messages_received, messages_sent, last_message_at
) VALUES (
    $1, $2, pg_backend_pid() % 16, $3, $4, $5
)
    ON CONFLICT (tenant_id, channel_id, slot) DO UPDATE
   SET messages_received = channel_counters.messages_received + excluded.messages_received,
       messages_sent = channel_counters.messages_sent + excluded.messages_sent,
       last_message_at = greatest(channel_counters.last_message_at, excluded.last_message_at);

-- name: channel_counters.total
-- why: a channel's figures are the sum over its slots; zero before its first message
-- params: tenant_id text, channel_id uuid
-- rows: one
-- returns: messages_received bigint, messages_sent bigint, last_message_at timestamptz
SELECT coalesce(sum(messages_received), 0)::bigint AS messages_received,
       coalesce(sum(messages_sent), 0)::bigint AS messages_sent,
       max(last_message_at) AS last_message_at
  FROM channel_counters
 WHERE tenant_id = $1 AND channel_id = $2;
