-- Contacts on their way through a campaign; each with a version of its own, so that workers and people do not undo
-- each other.
CREATE TABLE IF NOT EXISTS campaign_enrollments (
    tenant_id         text        NOT NULL,
    id                uuid        NOT NULL,
    version           integer     NOT NULL DEFAULT 1,
    campaign_id       uuid        NOT NULL,
    contact_id        uuid        NOT NULL,
    channel_id        uuid        NOT NULL,
    status            text        NOT NULL,
    step_position     integer     NOT NULL,
    next_scheduled_at timestamptz,
    waiting_for       text,
    postponements     integer     NOT NULL,
    completed_at      timestamptz,
    exited_at         timestamptz,
    exit_reason       text,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    CONSTRAINT campaign_enrollments_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT campaign_enrollments_campaign_fkey FOREIGN KEY (tenant_id, campaign_id)
        REFERENCES campaigns (tenant_id, id),
    CONSTRAINT campaign_enrollments_contact_fkey FOREIGN KEY (tenant_id, contact_id)
        REFERENCES contacts (tenant_id, id),
    CONSTRAINT campaign_enrollments_channel_fkey FOREIGN KEY (tenant_id, channel_id)
        REFERENCES channels (tenant_id, id),
    CONSTRAINT campaign_enrollments_status_check CHECK (status IN ('active', 'paused', 'completed', 'exited')),
    CONSTRAINT campaign_enrollments_position_check CHECK (step_position >= 0 AND postponements >= 0),
    CONSTRAINT campaign_enrollments_next_check CHECK (
        (next_scheduled_at IS NOT NULL) = (status IN ('active', 'paused'))),
    CONSTRAINT campaign_enrollments_completed_check CHECK ((completed_at IS NOT NULL) = (status = 'completed')),
    CONSTRAINT campaign_enrollments_exited_check CHECK (
        (exited_at IS NOT NULL) = (status = 'exited') AND (exit_reason IS NOT NULL) = (status = 'exited')
        AND exit_reason <> ''),
    CONSTRAINT campaign_enrollments_waiting_check CHECK (
        waiting_for IN ('reply', 'click', 'open') AND status IN ('active', 'paused') OR waiting_for IS NULL),
    CONSTRAINT campaign_enrollments_length_bounds_check CHECK (char_length(tenant_id) <= 100),
    CONSTRAINT campaign_enrollments_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> ALL (ARRAY[next_scheduled_at, completed_at, exited_at, created_at, updated_at]))
);
-- One that is not over, of a contact in a campaign; its history may have others.
CREATE UNIQUE INDEX IF NOT EXISTS campaign_enrollments_open_key
    ON campaign_enrollments (tenant_id, campaign_id, contact_id) WHERE status IN ('active', 'paused');
-- Active ones in the order of their key, for campaign_enrollments.find_due. The time that changes with each step is not
-- in it, so that a step is a heap-only update.
CREATE INDEX IF NOT EXISTS campaign_enrollments_active_idx
    ON campaign_enrollments (tenant_id, id) WHERE status = 'active';
-- For campaign_enrollments.find_by_contact.
CREATE INDEX IF NOT EXISTS campaign_enrollments_contact_idx
    ON campaign_enrollments (tenant_id, contact_id, created_at, id);
ALTER TABLE campaign_enrollments ENABLE ROW LEVEL SECURITY;
ALTER TABLE campaign_enrollments FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON campaign_enrollments;
CREATE POLICY tenant ON campaign_enrollments
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON campaign_enrollments FOR EACH ROW
    WHEN (NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard();

COMMENT ON TABLE campaign_enrollments IS 'Contacts on their way through a campaign, and those that were.';
COMMENT ON COLUMN campaign_enrollments.tenant_id IS 'The tenant that owns the row.';
COMMENT ON COLUMN campaign_enrollments.id IS 'UUIDv7, made by the application.';
COMMENT ON COLUMN campaign_enrollments.version IS
    'Stepped by one with each change; the version guard refuses any other update.';
COMMENT ON COLUMN campaign_enrollments.campaign_id IS 'The campaign.';
COMMENT ON COLUMN campaign_enrollments.contact_id IS 'Who is on the way; changes when the contact is merged.';
COMMENT ON COLUMN campaign_enrollments.channel_id IS 'The channel by which its messages go.';
COMMENT ON COLUMN campaign_enrollments.status IS
    'active, paused, completed (came to the end) or exited (left before it); the last two stay.';
COMMENT ON COLUMN campaign_enrollments.step_position IS
    'Position of the step that is taken next, or was to be when the way ended.';
COMMENT ON COLUMN campaign_enrollments.next_scheduled_at IS
    'When that step is due; kept while paused, NULL when the way is over.';
COMMENT ON COLUMN campaign_enrollments.waiting_for IS
    'What the contact is waited to do at a step of type wait: reply, click or open; next_scheduled_at is when the '
    'time for it is over. NULL unless it waits.';
COMMENT ON COLUMN campaign_enrollments.postponements IS
    'How often that step could not be taken and was put off.';
COMMENT ON COLUMN campaign_enrollments.completed_at IS 'When the last step was taken; NULL unless completed.';
COMMENT ON COLUMN campaign_enrollments.exited_at IS 'When the contact left; NULL unless exited.';
COMMENT ON COLUMN campaign_enrollments.exit_reason IS 'Why it left, such as replied; NULL unless exited.';
COMMENT ON COLUMN campaign_enrollments.created_at IS 'When the contact was enrolled.';
COMMENT ON COLUMN campaign_enrollments.updated_at IS 'When a command last changed it; never goes back.';
