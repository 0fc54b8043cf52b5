-- Messages to everybody on a contact list, and what is counted.
CREATE TABLE IF NOT EXISTS broadcasts (
    tenant_id        text        NOT NULL,
    id               uuid        NOT NULL,
    name             text        NOT NULL,
    list_id          uuid        NOT NULL,
    message_template jsonb       NOT NULL,
    status           text        NOT NULL,
    scheduled_for    timestamptz,
    started_at       timestamptz,
    completed_at     timestamptz,
    failure_reason   text,
    rate_limit       integer     NOT NULL,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    CONSTRAINT broadcasts_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT broadcasts_name_check CHECK (name <> ''),
    CONSTRAINT broadcasts_message_template_check CHECK (jsonb_typeof(message_template) = 'object'),
    CONSTRAINT broadcasts_status_check CHECK (status IN (
        'draft', 'scheduled', 'running', 'completed', 'failed', 'cancelled')),
    CONSTRAINT broadcasts_rate_limit_check CHECK (rate_limit >= 0),
    CONSTRAINT broadcasts_scheduled_check CHECK (status <> 'scheduled' OR scheduled_for IS NOT NULL),
    CONSTRAINT broadcasts_started_check CHECK (
        status NOT IN ('running', 'completed', 'failed') OR started_at IS NOT NULL),
    CONSTRAINT broadcasts_completed_check CHECK ((status = 'completed') = (completed_at IS NOT NULL)),
    CONSTRAINT broadcasts_failed_check CHECK ((status = 'failed') = (failure_reason IS NOT NULL))
);
-- For broadcasts.find_due; only scheduled ones are in it.
CREATE INDEX IF NOT EXISTS broadcasts_due_idx
    ON broadcasts (tenant_id, scheduled_for) WHERE status = 'scheduled';
COMMENT ON TABLE broadcasts IS 'Messages to everybody on a contact list.';
COMMENT ON COLUMN broadcasts.tenant_id IS 'The tenant that owns the row.';
COMMENT ON COLUMN broadcasts.id IS 'Names the broadcast for good; made by the application.';
COMMENT ON COLUMN broadcasts.name IS 'What people call the broadcast; not empty.';
COMMENT ON COLUMN broadcasts.list_id IS 'The contact list whose members get the message.';
COMMENT ON COLUMN broadcasts.message_template IS
    'What is sent: type, content and, where given, template_id, variables and media_url.';
COMMENT ON COLUMN broadcasts.status IS
    'How far it has come: draft, scheduled, running, completed, failed or cancelled.';
COMMENT ON COLUMN broadcasts.scheduled_for IS 'When it is, or was, to start; NULL when started by hand.';
COMMENT ON COLUMN broadcasts.started_at IS 'When it started to send; NULL before.';
COMMENT ON COLUMN broadcasts.completed_at IS 'When it was completed; NULL unless it was.';
COMMENT ON COLUMN broadcasts.failure_reason IS 'Why it failed; NULL unless it did.';
COMMENT ON COLUMN broadcasts.rate_limit IS 'Messages per minute; 0 for no limit.';
COMMENT ON COLUMN broadcasts.created_at IS 'When the broadcast was made.';
COMMENT ON COLUMN broadcasts.updated_at IS 'When a command last changed it; never goes back.';
ALTER TABLE broadcasts ENABLE ROW LEVEL SECURITY;
ALTER TABLE broadcasts FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON broadcasts;
CREATE POLICY tenant ON broadcasts
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

-- Apart from the versioned row, so that counting neither conflicts with its changes nor steps its version.
CREATE TABLE IF NOT EXISTS broadcast_counters (
    tenant_id      text     NOT NULL,
    broadcast_id   uuid     NOT NULL,
    slot           smallint NOT NULL,
    total_contacts bigint   NOT NULL DEFAULT 0,
    sent_count     bigint   NOT NULL DEFAULT 0,
    failed_count   bigint   NOT NULL DEFAULT 0,
    skipped_count  bigint   NOT NULL DEFAULT 0,
    CONSTRAINT broadcast_counters_pkey PRIMARY KEY (tenant_id, broadcast_id, slot),
    CONSTRAINT broadcast_counters_broadcast_fkey FOREIGN KEY (tenant_id, broadcast_id)
        REFERENCES broadcasts (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT broadcast_counters_check CHECK (
        total_contacts >= 0 AND sent_count >= 0 AND failed_count >= 0 AND skipped_count >= 0)
);
COMMENT ON TABLE broadcast_counters IS
    'What many workers count for a broadcast; its figure is the sum over the slots.';
COMMENT ON COLUMN broadcast_counters.tenant_id IS 'The tenant that owns the row.';
COMMENT ON COLUMN broadcast_counters.broadcast_id IS 'The broadcast that this belongs to.';
COMMENT ON COLUMN broadcast_counters.slot IS
    '0 to 15, from the process id of the backend that counted, so that workers do not queue for one row.';
COMMENT ON COLUMN broadcast_counters.total_contacts IS
    'Contacts that this slot counted in as getting the message.';
COMMENT ON COLUMN broadcast_counters.sent_count IS 'Messages that this slot counted as sent.';
COMMENT ON COLUMN broadcast_counters.failed_count IS 'Messages that this slot counted as failed.';
COMMENT ON COLUMN broadcast_counters.skipped_count IS
    'Contacts that this slot counted as passed over; the rest of total_contacts is pending.';
ALTER TABLE broadcast_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE broadcast_counters FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON broadcast_counters;
CREATE POLICY tenant ON broadcast_counters
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
