-- What each role may do: for each table, the columns that some statement of that role reads or writes.
-- Read off the statements and schema.sql, not to be edited: ventros sql grants > grants.sql
-- The roles have no other privilege and own nothing; `ventros migrate roles` makes them and applies this.

-- The services: for one tenant at a time, the one that the policy named tenant asks for.

GRANT USAGE ON SCHEMA public TO ventros_app;

GRANT
    SELECT (tenant_id, id, tombstone),
    INSERT (tenant_id, id, tombstone),
    UPDATE (id)
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

-- The relay: for all tenants. Each policy opens one table to it for one command.

GRANT USAGE ON SCHEMA public TO ventros_relay;

GRANT
    SELECT (name, transaction_id, position, system_identifier, registered_at, moved_at),
    INSERT (name, transaction_id, position, system_identifier),
    UPDATE (transaction_id, position, moved_at),
    DELETE
    ON outbox_consumers TO ventros_relay;

GRANT
    SELECT (tenant_id, destination, aggregate_type, aggregate_id, transaction_id, position, event_id),
    INSERT (tenant_id, destination, aggregate_type, aggregate_id, transaction_id, position, event_id),
    DELETE
    ON outbox_deliveries TO ventros_relay;
CREATE POLICY relay_select ON outbox_deliveries FOR SELECT TO ventros_relay USING (true);
CREATE POLICY relay_insert ON outbox_deliveries FOR INSERT TO ventros_relay WITH CHECK (true);
CREATE POLICY relay_delete ON outbox_deliveries FOR DELETE TO ventros_relay USING (true);

GRANT
    SELECT (tenant_id, event_id, position, transaction_id, event_name, event_version, occurred_at,
        aggregate_type, aggregate_id, aggregate_version, sequence, last_of_version, correlation_id,
        causation_id, payload)
    ON outbox_events TO ventros_relay;
CREATE POLICY relay_select ON outbox_events FOR SELECT TO ventros_relay USING (true);

GRANT
    SELECT (tenant_id, destination, aggregate_type, aggregate_id, last_transaction_id, last_position,
        due_at, token, attempts, last_error, dead_at),
    INSERT (tenant_id, destination, aggregate_type, aggregate_id, last_transaction_id, last_position),
    UPDATE (last_transaction_id, last_position, due_at, token, attempts, last_error, dead_at),
    DELETE
    ON outbox_queues TO ventros_relay;
CREATE POLICY relay_select ON outbox_queues FOR SELECT TO ventros_relay USING (true);
CREATE POLICY relay_insert ON outbox_queues FOR INSERT TO ventros_relay WITH CHECK (true);
CREATE POLICY relay_update ON outbox_queues FOR UPDATE TO ventros_relay USING (true) WITH CHECK (true);
CREATE POLICY relay_delete ON outbox_queues FOR DELETE TO ventros_relay USING (true);

-- The scheduler: for all tenants, by policies of its own, as the relay.

GRANT USAGE ON SCHEMA public TO ventros_scheduler;

GRANT
    SELECT (tenant_id, id, recorded_at),
    DELETE
    ON commit_markers TO ventros_scheduler;
CREATE POLICY scheduler_select ON commit_markers FOR SELECT TO ventros_scheduler USING (true);
CREATE POLICY scheduler_delete ON commit_markers FOR DELETE TO ventros_scheduler USING (true);

GRANT
    SELECT (name, transaction_id, position, system_identifier),
    INSERT (name, transaction_id, position, system_identifier),
    UPDATE (transaction_id, position, moved_at)
    ON outbox_consumers TO ventros_scheduler;

GRANT
    SELECT (transaction_id, position)
    ON outbox_deliveries TO ventros_scheduler;
CREATE POLICY scheduler_select ON outbox_deliveries FOR SELECT TO ventros_scheduler USING (true);

GRANT
    SELECT (tenant_id, event_id, position, transaction_id, occurred_at, aggregate_type, aggregate_id,
        aggregate_version),
    DELETE
    ON outbox_events TO ventros_scheduler;
CREATE POLICY scheduler_select ON outbox_events FOR SELECT TO ventros_scheduler USING (true);
CREATE POLICY scheduler_delete ON outbox_events FOR DELETE TO ventros_scheduler USING (true);

GRANT
    SELECT (tenant_id, consumer, event_id, processed_at),
    DELETE
    ON processed_events TO ventros_scheduler;
CREATE POLICY scheduler_select ON processed_events FOR SELECT TO ventros_scheduler USING (true);
CREATE POLICY scheduler_delete ON processed_events FOR DELETE TO ventros_scheduler USING (true);

-- The auditor: reads all rows of all tenants, but no secrets, and writes nothing.

GRANT USAGE ON SCHEMA public TO ventros_auditor;

GRANT
    SELECT (tenant_id, aggregate_table, aggregate_id, aggregate_version, kind, recorded_at, role, actor,
        use_case, before, after)
    ON aggregate_history TO ventros_auditor;
CREATE POLICY auditor_select ON aggregate_history FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, recorded_at, tombstone)
    ON commit_markers TO ventros_auditor;
CREATE POLICY auditor_select ON commit_markers FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, consumer, aggregate_type, aggregate_id, aggregate_version, sequence)
    ON expected_events TO ventros_auditor;
CREATE POLICY auditor_select ON expected_events FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (name, transaction_id, position, system_identifier, registered_at, moved_at)
    ON outbox_consumers TO ventros_auditor;

GRANT
    SELECT (tenant_id, destination, aggregate_type, aggregate_id, transaction_id, position, event_id)
    ON outbox_deliveries TO ventros_auditor;
CREATE POLICY auditor_select ON outbox_deliveries FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, event_id, position, transaction_id, event_name, event_version, occurred_at,
        aggregate_type, aggregate_id, aggregate_version, sequence, last_of_version, correlation_id,
        causation_id, payload)
    ON outbox_events TO ventros_auditor;
CREATE POLICY auditor_select ON outbox_events FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, destination, aggregate_type, aggregate_id, last_transaction_id, last_position,
        due_at, token, attempts, last_error, dead_at)
    ON outbox_queues TO ventros_auditor;
CREATE POLICY auditor_select ON outbox_queues FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, consumer, event_id, processed_at)
    ON processed_events TO ventros_auditor;
CREATE POLICY auditor_select ON processed_events FOR SELECT TO ventros_auditor USING (true);
