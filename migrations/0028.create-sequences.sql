-- Series of messages with delays between them, with the steps and what is counted.
CREATE TABLE IF NOT EXISTS sequences (
    tenant_id     text        NOT NULL,
    id            uuid        NOT NULL,
    name          text        NOT NULL,
    description   text        NOT NULL,
    status        text        NOT NULL,
    trigger_type  text        NOT NULL,
    trigger_data  jsonb       NOT NULL,
    exit_on_reply boolean     NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    CONSTRAINT sequences_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT sequences_name_check CHECK (name <> ''),
    CONSTRAINT sequences_status_check CHECK (status IN ('draft', 'active', 'paused', 'archived')),
    CONSTRAINT sequences_trigger_type_check CHECK (trigger_type IN (
        'manual', 'tag_added', 'list_joined', 'form_submit', 'pipeline_entered')),
    CONSTRAINT sequences_trigger_data_check CHECK (jsonb_typeof(trigger_data) = 'object')
);
-- For sequences.find_active_by_trigger; only active ones are in it.
CREATE INDEX IF NOT EXISTS sequences_active_trigger_idx
    ON sequences (tenant_id, trigger_type) WHERE status = 'active';
COMMENT ON TABLE sequences IS
    'Series of messages that a contact gets one after the other, with delays between them.';
COMMENT ON COLUMN sequences.tenant_id IS 'The tenant that owns the row.';
COMMENT ON COLUMN sequences.id IS 'Names the sequence for good; made by the application.';
COMMENT ON COLUMN sequences.name IS 'What people call the sequence; not empty.';
COMMENT ON COLUMN sequences.description IS 'What it is for; may be empty.';
COMMENT ON COLUMN sequences.status IS 'How far it has come: draft, active, paused or archived.';
COMMENT ON COLUMN sequences.trigger_type IS
    'What enrolls a contact: manual, tag_added, list_joined, form_submit or pipeline_entered.';
COMMENT ON COLUMN sequences.trigger_data IS
    'What the data of such an event must contain to enroll; {} is contained in any.';
COMMENT ON COLUMN sequences.exit_on_reply IS
    'Whether an answer of the contact ends its way through the sequence.';
COMMENT ON COLUMN sequences.created_at IS 'When the sequence was made.';
COMMENT ON COLUMN sequences.updated_at IS 'When a command last changed it; never goes back.';
ALTER TABLE sequences ENABLE ROW LEVEL SECURITY;
ALTER TABLE sequences FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON sequences;
CREATE POLICY tenant ON sequences
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

-- Deferrable, so that positions are compared at the end of a statement and not row by row: one UPDATE may
-- swap two of them.
CREATE TABLE IF NOT EXISTS sequence_steps (
    tenant_id        text        NOT NULL,
    id               uuid        NOT NULL,
    sequence_id      uuid        NOT NULL,
    position         integer     NOT NULL,
    name             text        NOT NULL,
    delay_amount     integer     NOT NULL,
    delay_unit       text        NOT NULL,
    message_template jsonb       NOT NULL,
    conditions       jsonb       NOT NULL,
    created_at       timestamptz NOT NULL,
    CONSTRAINT sequence_steps_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT sequence_steps_position_key
        UNIQUE (tenant_id, sequence_id, position) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT sequence_steps_sequence_fkey FOREIGN KEY (tenant_id, sequence_id)
        REFERENCES sequences (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT sequence_steps_position_check CHECK (position >= 0),
    CONSTRAINT sequence_steps_delay_check CHECK (delay_amount >= 0),
    CONSTRAINT sequence_steps_delay_unit_check CHECK (delay_unit IN ('minutes', 'hours', 'days')),
    CONSTRAINT sequence_steps_message_template_check CHECK (jsonb_typeof(message_template) = 'object'),
    CONSTRAINT sequence_steps_conditions_check CHECK (jsonb_typeof(conditions) = 'array')
);
COMMENT ON TABLE sequence_steps IS 'The steps of a sequence, which change with it, under its version.';
COMMENT ON COLUMN sequence_steps.tenant_id IS 'The tenant that owns the row.';
COMMENT ON COLUMN sequence_steps.id IS 'Names the step for good; made by the application.';
COMMENT ON COLUMN sequence_steps.sequence_id IS 'The sequence that this belongs to.';
COMMENT ON COLUMN sequence_steps.position IS
    'The place among the steps of the sequence, from 0, not always without a gap.';
COMMENT ON COLUMN sequence_steps.name IS 'What people call the step.';
COMMENT ON COLUMN sequence_steps.delay_amount IS
    'How long to wait before the message, in units of delay_unit.';
COMMENT ON COLUMN sequence_steps.delay_unit IS 'The unit of delay_amount: minutes, hours or days.';
COMMENT ON COLUMN sequence_steps.message_template IS
    'What is sent: type, content and, where given, template_id, variables and media_url.';
COMMENT ON COLUMN sequence_steps.conditions IS
    'What must hold of a contact for the step to be taken: a list of objects with type, operator, value '
    'and, where given, field and metadata.';
COMMENT ON COLUMN sequence_steps.created_at IS 'When the step was made.';
ALTER TABLE sequence_steps ENABLE ROW LEVEL SECURITY;
ALTER TABLE sequence_steps FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON sequence_steps;
CREATE POLICY tenant ON sequence_steps
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

-- Apart from the versioned row, so that counting neither conflicts with its changes nor steps its version.
CREATE TABLE IF NOT EXISTS sequence_counters (
    tenant_id       text     NOT NULL,
    sequence_id     uuid     NOT NULL,
    slot            smallint NOT NULL,
    total_enrolled  bigint   NOT NULL DEFAULT 0,
    completed_count bigint   NOT NULL DEFAULT 0,
    exited_count    bigint   NOT NULL DEFAULT 0,
    CONSTRAINT sequence_counters_pkey PRIMARY KEY (tenant_id, sequence_id, slot),
    CONSTRAINT sequence_counters_sequence_fkey FOREIGN KEY (tenant_id, sequence_id)
        REFERENCES sequences (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT sequence_counters_check CHECK (
        total_enrolled >= 0 AND completed_count >= 0 AND exited_count >= 0)
);
COMMENT ON TABLE sequence_counters IS
    'What many workers count for a sequence; its figure is the sum over the slots.';
COMMENT ON COLUMN sequence_counters.tenant_id IS 'The tenant that owns the row.';
COMMENT ON COLUMN sequence_counters.sequence_id IS 'The sequence that this belongs to.';
COMMENT ON COLUMN sequence_counters.slot IS
    '0 to 15, from the process id of the backend that counted, so that workers do not queue for one row.';
COMMENT ON COLUMN sequence_counters.total_enrolled IS 'Contacts that this slot counted as enrolled.';
COMMENT ON COLUMN sequence_counters.completed_count IS
    'Enrolled contacts that this slot counted as having come to the end.';
COMMENT ON COLUMN sequence_counters.exited_count IS
    'Enrolled contacts that this slot counted as having left before the end; the rest of '
    'total_enrolled is active.';
ALTER TABLE sequence_counters ENABLE ROW LEVEL SECURITY;
ALTER TABLE sequence_counters FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON sequence_counters;
CREATE POLICY tenant ON sequence_counters
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
