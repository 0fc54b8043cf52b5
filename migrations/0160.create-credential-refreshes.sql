-- Who refreshes the token of a credential: of many who find it about to expire, one asks the service for a new one.
CREATE TABLE IF NOT EXISTS credential_refreshes (
    tenant_id     text        NOT NULL,
    credential_id uuid        NOT NULL,
    lease_id      uuid        NOT NULL,
    leased_until  timestamptz NOT NULL,
    failures      integer     NOT NULL,
    CONSTRAINT credential_refreshes_pkey PRIMARY KEY (tenant_id, credential_id),
    CONSTRAINT credential_refreshes_credential_fkey FOREIGN KEY (tenant_id, credential_id)
        REFERENCES credentials (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT credential_refreshes_failures_check CHECK (failures >= 0),
    CONSTRAINT credential_refreshes_time_bounds_check CHECK (
        '(0001-01-01 00:00:00+00,9999-12-31 23:59:59.999999+00)'::tstzrange
        @> leased_until)
);
ALTER TABLE credential_refreshes ENABLE ROW LEVEL SECURITY;
ALTER TABLE credential_refreshes FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS tenant ON credential_refreshes;
CREATE POLICY tenant ON credential_refreshes
    USING (tenant_id = ventros_tenant()) WITH CHECK (tenant_id = ventros_tenant());
COMMENT ON TABLE credential_refreshes IS
    'Refreshes of a token that are under way or have failed; one that succeeds leaves no row.';
COMMENT ON COLUMN credential_refreshes.tenant_id IS 'Whose credential it is.';
COMMENT ON COLUMN credential_refreshes.credential_id IS 'The credential whose token is refreshed.';
COMMENT ON COLUMN credential_refreshes.lease_id IS 'The refresh that has the lease, or had it last; made by the client.';
COMMENT ON COLUMN credential_refreshes.leased_until IS
    'Until when nobody else asks the service, by the clock of the server; the time of its end once it has failed.';
COMMENT ON COLUMN credential_refreshes.failures IS 'How many refreshes have failed since one succeeded.';
