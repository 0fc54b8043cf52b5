-- To whom a broadcast goes, one row for each contact; and by which channel. Decision 014 says why so.
-- The new rules of broadcasts are checked for the rows that are there by the next migration.
ALTER TABLE broadcasts
    ADD COLUMN IF NOT EXISTS channel_id uuid,
    DROP CONSTRAINT IF EXISTS broadcasts_channel_fkey,
    DROP CONSTRAINT IF EXISTS broadcasts_channel_check,
    ADD CONSTRAINT broadcasts_channel_fkey FOREIGN KEY (tenant_id, channel_id)
        REFERENCES channels (tenant_id, id) NOT VALID,
    ADD CONSTRAINT broadcasts_channel_check CHECK (
        status NOT IN ('scheduled', 'running') OR channel_id IS NOT NULL) NOT VALID;
COMMENT ON COLUMN broadcasts.channel_id IS
    'The channel by which the messages go; NULL of a draft that is yet to have one.';

CREATE TABLE IF NOT EXISTS broadcast_executions (
    tenant_id    text        NOT NULL,
    broadcast_id uuid        NOT NULL,
    contact_id   uuid        NOT NULL,
    status       text        NOT NULL,
    message_id   uuid,
    error        text,
    queued_at    timestamptz,
    sent_at      timestamptz,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    CONSTRAINT broadcast_executions_pkey PRIMARY KEY (tenant_id, broadcast_id, contact_id),
    CONSTRAINT broadcast_executions_broadcast_fkey FOREIGN KEY (tenant_id, broadcast_id)
        REFERENCES broadcasts (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT broadcast_executions_contact_fkey FOREIGN KEY (tenant_id, contact_id)
        REFERENCES contacts (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT broadcast_executions_message_fkey FOREIGN KEY (tenant_id, message_id)
        REFERENCES messages (tenant_id, id),
    CONSTRAINT broadcast_executions_status_check CHECK (
        status IN ('pending', 'sending', 'sent', 'failed', 'skipped')),
    CONSTRAINT broadcast_executions_message_check CHECK (
        (message_id IS NOT NULL) = (status IN ('sending', 'sent', 'failed'))),
    CONSTRAINT broadcast_executions_queued_check CHECK ((queued_at IS NULL) = (message_id IS NULL)),
    CONSTRAINT broadcast_executions_sent_check CHECK ((status = 'sent') = (sent_at IS NOT NULL)),
    CONSTRAINT broadcast_executions_error_check CHECK (
        (status IN ('failed', 'skipped')) = (error IS NOT NULL) AND error <> ''),
    CONSTRAINT broadcast_executions_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[queued_at, sent_at, created_at, updated_at]))
);
-- For broadcast_executions.claim and has_open: what is done with is not in it.
CREATE INDEX IF NOT EXISTS broadcast_executions_open_idx
    ON broadcast_executions (tenant_id, broadcast_id, status, contact_id)
    WHERE status IN ('pending', 'sending');
-- For broadcast_executions.count_queued: the rate limit counts the last minute.
CREATE INDEX IF NOT EXISTS broadcast_executions_queued_idx
    ON broadcast_executions (tenant_id, broadcast_id, queued_at) WHERE queued_at IS NOT NULL;
-- The execution of a message that tells what became of it, or that is removed; a message belongs to one.
CREATE UNIQUE INDEX IF NOT EXISTS broadcast_executions_message_key
    ON broadcast_executions (tenant_id, message_id) WHERE message_id IS NOT NULL;
-- The executions of a contact, when it is removed.
CREATE INDEX IF NOT EXISTS broadcast_executions_contact_idx
    ON broadcast_executions (tenant_id, contact_id);
ALTER TABLE broadcast_executions ENABLE ROW LEVEL SECURITY;
ALTER TABLE broadcast_executions FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON broadcast_executions;
CREATE POLICY tenant ON broadcast_executions
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
COMMENT ON TABLE broadcast_executions IS
    'To whom each broadcast goes, and how far it has come with each; rows without a version.';
COMMENT ON COLUMN broadcast_executions.tenant_id IS 'The tenant that broadcast and contact belong to.';
COMMENT ON COLUMN broadcast_executions.broadcast_id IS 'The broadcast.';
COMMENT ON COLUMN broadcast_executions.contact_id IS 'Who gets its message, once.';
COMMENT ON COLUMN broadcast_executions.status IS
    'pending: not begun; sending: the message is stored, to be sent; sent: the platform took it; failed: it did'
    ' not; skipped: there was nobody to send it to.';
COMMENT ON COLUMN broadcast_executions.message_id IS 'The message; NULL as long as there is none.';
COMMENT ON COLUMN broadcast_executions.error IS 'Why it failed or was skipped; NULL of the others.';
COMMENT ON COLUMN broadcast_executions.queued_at IS
    'When the message was stored, to be sent; the rate limit counts these. NULL as long as there is none.';
COMMENT ON COLUMN broadcast_executions.sent_at IS 'When the platform took the message; NULL unless it did.';
COMMENT ON COLUMN broadcast_executions.created_at IS 'When the broadcast started, and the contact was on its list.';
COMMENT ON COLUMN broadcast_executions.updated_at IS 'When the row last changed.';
