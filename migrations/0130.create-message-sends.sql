-- Each attempt to hand a message to its platform, on record before the platform is called (ADR 011).
CREATE TABLE IF NOT EXISTS message_sends (
    tenant_id          text        NOT NULL,
    message_id         uuid        NOT NULL,
    attempt            integer     NOT NULL,
    began_at           timestamptz NOT NULL,
    ended_at           timestamptz,
    outcome            text,
    reason             text,
    channel_message_id text,
    CONSTRAINT message_sends_pkey PRIMARY KEY (tenant_id, message_id, attempt),
    CONSTRAINT message_sends_message_fkey FOREIGN KEY (tenant_id, message_id)
        REFERENCES messages (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT message_sends_attempt_check CHECK (attempt >= 1),
    CONSTRAINT message_sends_outcome_check CHECK (outcome IN ('sent', 'refused', 'not_taken', 'unanswered')),
    CONSTRAINT message_sends_ended_check CHECK ((outcome IS NULL) = (ended_at IS NULL) AND ended_at >= began_at),
    CONSTRAINT message_sends_id_check CHECK (channel_message_id IS NULL OR outcome = 'sent'),
    CONSTRAINT message_sends_length_bounds_check CHECK (
        char_length(reason) <= 500 AND char_length(channel_message_id) <= 500),
    CONSTRAINT message_sends_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[began_at, ended_at]))
);
ALTER TABLE message_sends ENABLE ROW LEVEL SECURITY;
ALTER TABLE message_sends FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON message_sends;
CREATE POLICY tenant ON message_sends
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
COMMENT ON TABLE message_sends IS 'Each attempt to hand a message to its platform, recorded before the platform is called.';
COMMENT ON COLUMN message_sends.tenant_id IS 'The tenant that the message belongs to.';
COMMENT ON COLUMN message_sends.message_id IS 'The message.';
COMMENT ON COLUMN message_sends.attempt IS 'Counts from 1.';
COMMENT ON COLUMN message_sends.began_at IS 'Before the platform was called.';
COMMENT ON COLUMN message_sends.ended_at IS 'When the outcome was known; NULL without one.';
COMMENT ON COLUMN message_sends.outcome IS
    'What came of it; NULL of one that is at work or died, unanswered of one without an answer: both are in doubt.';
COMMENT ON COLUMN message_sends.reason IS 'Why it was not sent.';
COMMENT ON COLUMN message_sends.channel_message_id IS 'The id that the platform answered with.';
