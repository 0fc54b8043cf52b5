-- The schema that the migrations of the application service make, as pg_dump of PostgreSQL 18 writes it.
-- Not to be edited: ventros migrate schema prints it.

CREATE SCHEMA service;

CREATE TABLE service.answers (
    tenant_id text NOT NULL,
    command_id uuid NOT NULL,
    fingerprint bytea NOT NULL,
    status integer NOT NULL,
    headers jsonb NOT NULL,
    body text NOT NULL,
    answered_at timestamp with time zone NOT NULL,
    CONSTRAINT answers_length_bounds_check CHECK (((char_length(tenant_id) <= 100) AND (octet_length(fingerprint) = 32))),
    CONSTRAINT answers_time_bounds_check CHECK (('("0001-01-01 00:00:00+00","9999-12-31 23:59:59.999999+00")'::tstzrange @> answered_at))
);

ALTER TABLE ONLY service.answers FORCE ROW LEVEL SECURITY;

COMMENT ON TABLE service.answers IS 'What was answered to a request that has an Idempotency-Key.';

COMMENT ON COLUMN service.answers.tenant_id IS 'The tenant of who asked.';

COMMENT ON COLUMN service.answers.command_id IS 'Made of the key and of who asked, as in processed_events.';

COMMENT ON COLUMN service.answers.fingerprint IS 'SHA-256 of method, path and body: another request has another.';

COMMENT ON COLUMN service.answers.status IS 'Of the answer.';

COMMENT ON COLUMN service.answers.headers IS 'Those that the answer is not complete without, such as ETag.';

COMMENT ON COLUMN service.answers.body IS 'Of the answer, as it was sent.';

COMMENT ON COLUMN service.answers.answered_at IS 'When the unit of work began.';

ALTER TABLE ONLY service.answers
    ADD CONSTRAINT answers_pkey PRIMARY KEY (tenant_id, command_id);

ALTER TABLE service.answers ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant ON service.answers USING ((tenant_id = public.ventros_tenant())) WITH CHECK ((tenant_id = public.ventros_tenant()));
