-- What was answered to a request that has an Idempotency-Key, written with its effect.
CREATE TABLE IF NOT EXISTS service.answers (
    tenant_id   text        NOT NULL,
    command_id  uuid        NOT NULL,
    fingerprint bytea       NOT NULL,
    status      integer     NOT NULL,
    headers     jsonb       NOT NULL,
    body        text        NOT NULL,
    answered_at timestamptz NOT NULL,
    CONSTRAINT answers_pkey PRIMARY KEY (tenant_id, command_id),
    CONSTRAINT answers_length_bounds_check CHECK (char_length(tenant_id) <= 100 AND octet_length(fingerprint) = 32),
    CONSTRAINT answers_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange @> answered_at
    )
);
ALTER TABLE service.answers ENABLE ROW LEVEL SECURITY;
ALTER TABLE service.answers FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON service.answers;
CREATE POLICY tenant ON service.answers
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());

COMMENT ON TABLE service.answers IS 'What was answered to a request that has an Idempotency-Key.';
COMMENT ON COLUMN service.answers.tenant_id IS 'The tenant of who asked.';
COMMENT ON COLUMN service.answers.command_id IS 'Made of the key and of who asked, as in processed_events.';
COMMENT ON COLUMN service.answers.fingerprint IS 'SHA-256 of method, path and body: another request has another.';
COMMENT ON COLUMN service.answers.status IS 'Of the answer.';
COMMENT ON COLUMN service.answers.headers IS 'Those that the answer is not complete without, such as ETag.';
COMMENT ON COLUMN service.answers.body IS 'Of the answer, as it was sent.';
COMMENT ON COLUMN service.answers.answered_at IS 'When the unit of work began.';
