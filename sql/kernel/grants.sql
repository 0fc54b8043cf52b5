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
    SELECT (name, transaction_id, position, system_identifier, registered_at, moved_at),
    INSERT (name, transaction_id, position, system_identifier),
    UPDATE (transaction_id, position, moved_at),
    DELETE
    ON outbox_consumers TO ventros_app;

GRANT
    SELECT (tenant_id, destination, aggregate_type, aggregate_id, transaction_id, position, event_id),
    INSERT (tenant_id, destination, aggregate_type, aggregate_id, transaction_id, position, event_id),
    DELETE
    ON outbox_deliveries TO ventros_app;

GRANT
    SELECT (tenant_id, event_id, position, transaction_id, event_name, event_version, occurred_at,
        aggregate_type, aggregate_id, aggregate_version, sequence, correlation_id, causation_id,
        payload),
    INSERT (tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type, aggregate_id,
        aggregate_version, sequence, correlation_id, causation_id, payload)
    ON outbox_events TO ventros_app;

GRANT
    SELECT (tenant_id, destination, aggregate_type, aggregate_id, last_transaction_id, last_position,
        due_at, token, attempts, last_error, dead_at),
    INSERT (tenant_id, destination, aggregate_type, aggregate_id, last_transaction_id, last_position),
    UPDATE (last_transaction_id, last_position, due_at, token, attempts, last_error, dead_at),
    DELETE
    ON outbox_queues TO ventros_app;

GRANT
    SELECT (tenant_id, consumer, event_id),
    INSERT (tenant_id, consumer, event_id, processed_at)
    ON processed_events TO ventros_app;
