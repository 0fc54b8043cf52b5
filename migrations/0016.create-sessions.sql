-- Stretches of conversation with one contact over one type of channel.
CREATE TABLE IF NOT EXISTS sessions (
    tenant_id                   text        NOT NULL,
    id                          uuid        NOT NULL,
    contact_id                  uuid        NOT NULL,
    channel_type_id             smallint,
    pipeline_id                 uuid,
    started_at                  timestamptz NOT NULL,
    ended_at                    timestamptz,
    status                      text        NOT NULL,
    end_reason                  text,
    timeout                     interval    NOT NULL,
    last_activity_at            timestamptz NOT NULL,
    message_count               integer     NOT NULL,
    messages_from_contact       integer     NOT NULL,
    messages_from_agent         integer     NOT NULL,
    duration_seconds            bigint      NOT NULL,
    first_contact_message_at    timestamptz,
    first_agent_response_at     timestamptz,
    agent_response_time_seconds bigint,
    contact_wait_time_seconds   bigint,
    agent_ids                   uuid[]      NOT NULL,
    agent_transfers             integer     NOT NULL,
    summary                     text,
    sentiment                   text,
    sentiment_score             double precision,
    topics                      text[]      NOT NULL,
    next_steps                  text[]      NOT NULL,
    outcome_tags                text[]      NOT NULL,
    key_entities                jsonb       NOT NULL,
    resolved                    boolean     NOT NULL,
    escalated                   boolean     NOT NULL,
    converted                   boolean     NOT NULL,
    created_at                  timestamptz NOT NULL,
    updated_at                  timestamptz NOT NULL,
    deleted_at                  timestamptz,
    CONSTRAINT sessions_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT sessions_contact_fkey FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts (tenant_id, id),
    CONSTRAINT sessions_pipeline_fkey FOREIGN KEY (tenant_id, pipeline_id)
        REFERENCES pipelines (tenant_id, id),
    CONSTRAINT sessions_status_check CHECK (status IN ('active', 'ended')),
    CONSTRAINT sessions_end_reason_check CHECK (end_reason IN (
        'inactivity_timeout', 'manual_close', 'contact_request', 'agent_close', 'system_close', 'saga_rollback')),
    CONSTRAINT sessions_ended_check CHECK (
        (status = 'active') = (ended_at IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL)),
    CONSTRAINT sessions_timeout_check CHECK (timeout > interval '0'),
    CONSTRAINT sessions_activity_check CHECK (last_activity_at >= started_at),
    CONSTRAINT sessions_counts_check CHECK (
        messages_from_contact >= 0 AND messages_from_agent >= 0
        AND message_count = messages_from_contact + messages_from_agent),
    CONSTRAINT sessions_times_check CHECK (
        duration_seconds >= 0 AND agent_response_time_seconds >= 0 AND contact_wait_time_seconds >= 0),
    CONSTRAINT sessions_sentiment_check CHECK (sentiment IN ('positive', 'neutral', 'negative', 'mixed'))
);
-- One active session per contact and type of channel, an unknown type included. Neither column changes
-- in a session's life, and status only at its end, so that a recorded message stays heap-only.
CREATE UNIQUE INDEX IF NOT EXISTS sessions_active_key
    ON sessions (tenant_id, contact_id, channel_type_id) NULLS NOT DISTINCT
    WHERE status = 'active' AND deleted_at IS NULL;
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON sessions;
CREATE POLICY tenant ON sessions USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

COMMENT ON TABLE sessions IS 'A stretch of conversation with one contact over one type of channel.';
COMMENT ON COLUMN sessions.tenant_id IS 'The tenant that the session belongs to.';
COMMENT ON COLUMN sessions.id IS 'Made by the application, a UUIDv7.';
COMMENT ON COLUMN sessions.contact_id IS 'With whom.';
COMMENT ON COLUMN sessions.channel_type_id IS '1 waha, 2 whatsapp, 3 instagram, 4 messenger, 5 telegram; NULL for others.';
COMMENT ON COLUMN sessions.pipeline_id IS 'The pipeline of the channel when the session began.';
COMMENT ON COLUMN sessions.started_at IS 'Time of the first message.';
COMMENT ON COLUMN sessions.ended_at IS 'When it ended; of a session that timed out, when the timeout ran out.';
COMMENT ON COLUMN sessions.status IS 'active or ended; ended is final.';
COMMENT ON COLUMN sessions.end_reason IS 'Why it ended.';
COMMENT ON COLUMN sessions.timeout IS 'Without activity for longer than this, the next message begins another session.';
COMMENT ON COLUMN sessions.last_activity_at IS 'Time of the latest message; never goes back.';
COMMENT ON COLUMN sessions.message_count IS 'Messages of both sides.';
COMMENT ON COLUMN sessions.messages_from_contact IS 'Messages that the contact wrote.';
COMMENT ON COLUMN sessions.messages_from_agent IS 'Messages that our side wrote.';
COMMENT ON COLUMN sessions.duration_seconds IS 'From start to end, in whole seconds; 0 while active.';
COMMENT ON COLUMN sessions.first_contact_message_at IS 'Time of the first message that was recorded of the contact.';
COMMENT ON COLUMN sessions.first_agent_response_at IS 'Time of the first message that was recorded of our side.';
COMMENT ON COLUMN sessions.agent_response_time_seconds IS 'When the contact wrote first: seconds until our first message.';
COMMENT ON COLUMN sessions.contact_wait_time_seconds IS 'When our side wrote first: seconds until the contact answered.';
COMMENT ON COLUMN sessions.agent_ids IS 'In the order of assignment, each once; the last is the current agent.';
COMMENT ON COLUMN sessions.agent_transfers IS 'How often the session passed from one agent to another.';
COMMENT ON COLUMN sessions.summary IS 'Written after the end.';
COMMENT ON COLUMN sessions.sentiment IS 'positive, neutral, negative or mixed.';
COMMENT ON COLUMN sessions.sentiment_score IS 'As the summarizer gave it.';
COMMENT ON COLUMN sessions.topics IS 'What was talked about.';
COMMENT ON COLUMN sessions.next_steps IS 'What is to be done.';
COMMENT ON COLUMN sessions.outcome_tags IS 'What came of it.';
COMMENT ON COLUMN sessions.key_entities IS 'Names and things that were mentioned, an object.';
COMMENT ON COLUMN sessions.resolved IS 'The matter was settled.';
COMMENT ON COLUMN sessions.escalated IS 'The matter was handed up.';
COMMENT ON COLUMN sessions.converted IS 'The conversation led to a conversion.';
COMMENT ON COLUMN sessions.created_at IS 'When the session was created.';
COMMENT ON COLUMN sessions.updated_at IS 'When the session last changed.';
COMMENT ON COLUMN sessions.deleted_at IS 'When the session was deleted.';
