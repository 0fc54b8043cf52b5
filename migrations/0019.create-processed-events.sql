-- The inbox: which events a consumer has dealt with, written in the transaction of their effect.
CREATE TABLE IF NOT EXISTS processed_events (
    tenant_id    text        NOT NULL,
    consumer     text        NOT NULL,
    event_id     uuid        NOT NULL,
    processed_at timestamptz NOT NULL,
    CONSTRAINT processed_events_pkey PRIMARY KEY (tenant_id, consumer, event_id)
);
ALTER TABLE processed_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE processed_events FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON processed_events;
CREATE POLICY tenant ON processed_events
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
