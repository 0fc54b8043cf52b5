-- sessions.get, then sessions.update as a recorded message makes it, and its event.
-- Each client has rows of its own: one that lost a race would still write its event.
\set n 100000000000 + :first + :client_id + :clients * random(0, (:last - :first + 1) / :clients - 1)
BEGIN;
SELECT id, version, tenant_id, contact_id, channel_type_id, pipeline_id, started_at, ended_at, status,
       end_reason, timeout, last_activity_at, message_count, messages_from_contact, messages_from_agent,
       duration_seconds, first_contact_message_at, first_agent_response_at, agent_response_time_seconds,
       contact_wait_time_seconds, agent_ids, agent_transfers, summary, sentiment, sentiment_score,
       topics, next_steps, outcome_tags, key_entities, resolved, escalated, converted, created_at,
       updated_at, deleted_at
  FROM sessions
 WHERE tenant_id = :tenant AND id = bench_id(:n) AND deleted_at IS NULL \gset
UPDATE sessions
   SET ended_at = NULL,
       status = :status,
       end_reason = NULL,
       last_activity_at = now(),
       message_count = :message_count + 1,
       messages_from_contact = :messages_from_contact + 1,
       messages_from_agent = :messages_from_agent,
       duration_seconds = :duration_seconds,
       first_contact_message_at = :first_contact_message_at,
       first_agent_response_at = NULL,
       agent_response_time_seconds = NULL,
       contact_wait_time_seconds = NULL,
       agent_ids = :agent_ids,
       agent_transfers = :agent_transfers,
       summary = NULL,
       sentiment = NULL,
       sentiment_score = NULL,
       topics = :topics,
       next_steps = :next_steps,
       outcome_tags = :outcome_tags,
       key_entities = :key_entities,
       resolved = :resolved,
       escalated = :escalated,
       converted = :converted,
       updated_at = now(),
       deleted_at = NULL,
       contact_id = :contact_id,
       version = version + 1
 WHERE tenant_id = :tenant AND id = bench_id(:n) AND version = :version
RETURNING id, version;
INSERT INTO outbox_events (
    tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type, aggregate_id,
    aggregate_version, sequence, payload)
VALUES (:tenant, gen_random_uuid(), 'session.message_recorded', 'v1', now(), 'session', bench_id(:n),
    :version + 1, 1, '{"from_contact": true}');
COMMIT;
