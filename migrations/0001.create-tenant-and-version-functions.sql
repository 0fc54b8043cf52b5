-- The two functions that every tenant table and every versioned table leans on.

-- Raises instead of returning: a transaction without a tenant must fail, not silently see no rows.
CREATE OR REPLACE FUNCTION ventros_tenant_missing() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RAISE EXCEPTION 'no tenant is set for this transaction'
        USING ERRCODE = 'VT001', HINT = 'BEGIN; SET LOCAL app.tenant_id = ''<tenant>'';';
END
$$;

-- The tenant of this transaction. After a transaction that had set it, the setting is '' and not NULL.
-- One SQL expression, so that the planner inlines it into each policy.
CREATE OR REPLACE FUNCTION ventros_tenant() RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(current_setting('app.tenant_id', true), ''), ventros_tenant_missing())
$$;

-- Fired only for an UPDATE that does not step the version by one: see the triggers' WHEN.
CREATE OR REPLACE FUNCTION ventros_version_guard() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'update of % refused: version goes from % to %, it must step by one',
        TG_TABLE_NAME, OLD.version, NEW.version
        USING ERRCODE = 'VT002', TABLE = TG_TABLE_NAME,
              HINT = 'UPDATE ... SET ..., version = version + 1 WHERE ... AND version = <the version you read>;';
END
$$;
