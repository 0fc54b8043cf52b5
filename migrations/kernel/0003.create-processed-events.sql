-- The inbox: which events a consumer has dealt with, written in the transaction of their effect.
CREATE TABLE IF NOT EXISTS processed_events (
    tenant_id    text        NOT NULL,
    consumer     text        NOT NULL,
    event_id     uuid        NOT NULL,
    processed_at timestamptz NOT NULL,
    CONSTRAINT processed_events_pkey PRIMARY KEY (tenant_id, consumer, event_id),
    CONSTRAINT processed_events_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange @> processed_at
    ),
    CONSTRAINT processed_events_length_bounds_check CHECK (char_length(tenant_id) <= 100 AND char_length(consumer) <= 100)
);
ALTER TABLE processed_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE processed_events FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON processed_events;
CREATE POLICY tenant ON processed_events
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

COMMENT ON TABLE processed_events IS 'Which events a consumer has dealt with, written with their effect.';
COMMENT ON COLUMN processed_events.tenant_id IS 'The tenant of the unit of work.';
COMMENT ON COLUMN processed_events.consumer IS 'Who dealt with it.';
COMMENT ON COLUMN processed_events.event_id IS 'The event.';
COMMENT ON COLUMN processed_events.processed_at IS 'When its unit of work began.';
