-- What the application's role may do: for each table, the columns that some statement reads or writes.
-- Read off the statements, not to be edited: ventros sql grants > grants.sql
-- The role has no other privilege and owns nothing; `ventros migrate roles` makes it and grants this.

GRANT USAGE ON SCHEMA public TO ventros_app;

GRANT
    SELECT (tenant_id, id, recorded_at, tombstone),
    INSERT (tenant_id, id, tombstone),
    UPDATE (id),
    DELETE
    ON commit_markers TO ventros_app;

GRANT
    SELECT (tenant_id, consumer, aggregate_type, aggregate_id, aggregate_version, sequence),
    INSERT (tenant_id, consumer, aggregate_type, aggregate_id, aggregate_version, sequence),
    UPDATE (aggregate_version, sequence)
    ON expected_events TO ventros_app;

GRANT
    SELECT (tenant_id),
    INSERT (tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type, aggregate_id,
        aggregate_version, sequence, last_of_version, correlation_id, causation_id, payload)
    ON outbox_events TO ventros_app;

GRANT
    SELECT (tenant_id, consumer, event_id),
    INSERT (tenant_id, consumer, event_id, processed_at)
    ON processed_events TO ventros_app;
