-- What each role may do: for each table, the columns that some statement of that role reads or writes.
-- Read off the statements and schema.sql, not to be edited: ventros sql grants > grants.sql
-- The roles have no other privilege and own nothing; `ventros migrate roles` makes them and applies this.

-- The services: for one tenant at a time, the one that the policy named tenant asks for.

GRANT USAGE ON SCHEMA public TO ventros_app;

GRANT
    SELECT (tenant_id, project_id, user_id, billing_account_id),
    INSERT (tenant_id, project_id, user_id, billing_account_id)
    ON account_projects TO ventros_app;

GRANT
    SELECT (tenant_id, agent_id, slot, sessions_handled, response_ms_total, last_activity_at),
    INSERT (tenant_id, agent_id, slot, sessions_handled, response_ms_total, last_activity_at),
    UPDATE (sessions_handled, response_ms_total, last_activity_at)
    ON agent_counters TO ventros_app;

GRANT
    SELECT (tenant_id, id, project_id, user_id, name, email, type, status, role, active, config,
        permissions, settings, virtual_metadata, last_login_at, created_at, updated_at, deleted_at,
        version),
    INSERT (tenant_id, id, project_id, user_id, name, email, type, status, role, active, config,
        permissions, settings, virtual_metadata, last_login_at, created_at, updated_at, deleted_at),
    UPDATE (name, email, status, role, active, config, permissions, settings, virtual_metadata,
        last_login_at, updated_at, deleted_at, version),
    DELETE
    ON agents TO ventros_app;

GRANT
    SELECT (user_id, id, name, stripe_customer_id, payment_status, payment_methods, billing_email,
        suspended_at, suspension_reason, created_at, updated_at, deleted_at, version),
    INSERT (user_id, id, name, stripe_customer_id, payment_status, payment_methods, billing_email,
        suspended_at, suspension_reason, created_at, updated_at, deleted_at),
    UPDATE (name, stripe_customer_id, payment_status, payment_methods, billing_email, suspended_at,
        suspension_reason, updated_at, deleted_at, version),
    DELETE
    ON billing_accounts TO ventros_app;

GRANT
    SELECT (tenant_id, broadcast_id, slot, total_contacts, sent_count, failed_count, skipped_count),
    INSERT (tenant_id, broadcast_id, slot, total_contacts, sent_count, failed_count, skipped_count),
    UPDATE (total_contacts, sent_count, failed_count, skipped_count)
    ON broadcast_counters TO ventros_app;

GRANT
    SELECT (tenant_id, broadcast_id, contact_id, status, message_id, error, queued_at, sent_at,
        created_at, updated_at),
    INSERT (tenant_id, broadcast_id, contact_id, status, created_at, updated_at),
    UPDATE (contact_id, status, message_id, error, queued_at, sent_at, updated_at)
    ON broadcast_executions TO ventros_app;

GRANT
    SELECT (tenant_id, id, name, list_id, message_template, status, scheduled_for, started_at,
        completed_at, failure_reason, rate_limit, created_at, updated_at, version, channel_id),
    INSERT (tenant_id, id, name, list_id, message_template, status, scheduled_for, started_at,
        completed_at, failure_reason, rate_limit, created_at, updated_at, channel_id),
    UPDATE (name, message_template, status, scheduled_for, started_at, completed_at, failure_reason,
        rate_limit, updated_at, version, channel_id),
    DELETE
    ON broadcasts TO ventros_app;

GRANT
    SELECT (tenant_id, campaign_id, slot, contacts_reached, conversions_count),
    INSERT (tenant_id, campaign_id, slot, contacts_reached, conversions_count),
    UPDATE (contacts_reached, conversions_count)
    ON campaign_counters TO ventros_app;

GRANT
    SELECT (tenant_id, id, version, campaign_id, contact_id, channel_id, status, step_position,
        next_scheduled_at, waiting_for, postponements, completed_at, exited_at, exit_reason, created_at,
        updated_at),
    INSERT (tenant_id, id, campaign_id, contact_id, channel_id, status, step_position,
        next_scheduled_at, waiting_for, postponements, completed_at, exited_at, exit_reason, created_at,
        updated_at),
    UPDATE (version, contact_id, status, step_position, next_scheduled_at, waiting_for, postponements,
        completed_at, exited_at, exit_reason, updated_at),
    DELETE
    ON campaign_enrollments TO ventros_app;

GRANT
    SELECT (tenant_id, id, campaign_id, position, name, type, config, conditions, created_at),
    INSERT (tenant_id, id, campaign_id, position, name, type, config, conditions, created_at),
    UPDATE (position, name, type, config, conditions),
    DELETE
    ON campaign_steps TO ventros_app;

GRANT
    SELECT (tenant_id, id, name, description, status, goal_type, goal_value, start_date, end_date,
        created_at, updated_at, version),
    INSERT (tenant_id, id, name, description, status, goal_type, goal_value, start_date, end_date,
        created_at, updated_at),
    UPDATE (name, description, status, goal_type, goal_value, start_date, end_date, updated_at, version),
    DELETE
    ON campaigns TO ventros_app;

GRANT
    SELECT (tenant_id, channel_id, slot, messages_received, messages_sent, last_message_at),
    INSERT (tenant_id, channel_id, slot, messages_received, messages_sent, last_message_at),
    UPDATE (messages_received, messages_sent, last_message_at)
    ON channel_counters TO ventros_app;

GRANT
    SELECT (tenant_id, platform, external_id, channel_id, webhook_id),
    INSERT (tenant_id, platform, external_id, channel_id, webhook_id),
    UPDATE (external_id),
    DELETE
    ON channel_routes TO ventros_app;

GRANT
    SELECT (tenant_id, id, user_id, project_id, name, type, status, external_id, config, secrets,
        connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id,
        session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled,
        debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status,
        history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days,
        history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at,
        updated_at, deleted_at, version, suspended_from),
    INSERT (tenant_id, id, user_id, project_id, name, type, status, external_id, config, secrets,
        connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id,
        session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled,
        debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status,
        history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days,
        history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at,
        updated_at, deleted_at, suspended_from),
    UPDATE (name, status, external_id, config, secrets, connection_mode, webhook_url,
        webhook_configured_at, webhook_active, pipeline_id, session_timeout_minutes, ai_enabled,
        ai_agents_enabled, allow_groups, tracking_enabled, debounce_timeout_ms, last_error_at,
        last_error, history_import_enabled, history_import_status, history_import_stats,
        history_import_correlation_id, last_import_date, history_import_max_days,
        history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, updated_at,
        deleted_at, version, suspended_from),
    DELETE
    ON channels TO ventros_app;

GRANT
    SELECT (tenant_id, chat_id, participant_id, participant_type, contact_id, joined_at, is_admin),
    INSERT (tenant_id, chat_id, participant_id, participant_type, joined_at, is_admin),
    UPDATE (participant_type, joined_at, is_admin),
    DELETE
    ON chat_participants TO ventros_app;

GRANT
    SELECT (tenant_id, id, project_id, chat_type, individual_contact_id, external_id, subject,
        description, status, metadata, label_ids, last_message_at, created_at, updated_at, deleted_at,
        version),
    INSERT (tenant_id, id, project_id, chat_type, individual_contact_id, external_id, subject,
        description, status, metadata, label_ids, last_message_at, created_at, updated_at, deleted_at),
    UPDATE (individual_contact_id, external_id, subject, description, status, metadata, label_ids,
        last_message_at, updated_at, deleted_at, version),
    DELETE
    ON chats TO ventros_app;

GRANT
    SELECT (tenant_id, id, contact_id, field_key, field_type, field_value, field_value_hash, updated_at,
        deleted_at),
    INSERT (tenant_id, id, contact_id, field_key, field_type, field_value, created_at, updated_at),
    UPDATE (contact_id, field_type, field_value, updated_at, deleted_at)
    ON contact_custom_fields TO ventros_app;

GRANT
    SELECT (tenant_id, project_id, lid, phone, contact_id, paired_at),
    INSERT (tenant_id, project_id, lid, phone, contact_id, paired_at),
    UPDATE (phone, contact_id, paired_at),
    DELETE
    ON contact_identities TO ventros_app;

GRANT
    SELECT (tenant_id, contact_list_id, slot, members),
    INSERT (tenant_id, contact_list_id, slot, members),
    UPDATE (members)
    ON contact_list_counters TO ventros_app;

GRANT
    SELECT (tenant_id, contact_list_id, id, position, filter_type, operator, field_key, field_type,
        value, pipeline_id, created_at),
    INSERT (tenant_id, contact_list_id, id, position, filter_type, operator, field_key, field_type,
        value, pipeline_id, created_at),
    UPDATE (position, filter_type, operator, field_key, field_type, value, pipeline_id),
    DELETE
    ON contact_list_filters TO ventros_app;

GRANT
    SELECT (tenant_id, contact_list_id, contact_id, added_at),
    INSERT (tenant_id, contact_list_id, contact_id, added_at),
    DELETE
    ON contact_list_members TO ventros_app;

GRANT
    SELECT (tenant_id, id, project_id, name, description, logical_operator, is_static, contact_count,
        last_calculated_at, created_at, updated_at, deleted_at, version),
    INSERT (tenant_id, id, project_id, name, description, logical_operator, is_static, contact_count,
        last_calculated_at, created_at, updated_at, deleted_at),
    UPDATE (name, description, logical_operator, contact_count, last_calculated_at, updated_at,
        deleted_at, version),
    DELETE
    ON contact_lists TO ventros_app;

GRANT
    SELECT (tenant_id, id, project_id, name, email, phone, external_id, source_channel, language,
        timezone, tags, profile_picture_url, profile_picture_fetched_at, first_interaction_at,
        last_interaction_at, created_at, updated_at, deleted_at, version, merged_into),
    INSERT (tenant_id, id, project_id, name, email, phone, external_id, source_channel, language,
        timezone, tags, profile_picture_url, profile_picture_fetched_at, first_interaction_at,
        last_interaction_at, created_at, updated_at, deleted_at, merged_into),
    UPDATE (name, email, phone, external_id, source_channel, language, timezone, tags,
        profile_picture_url, profile_picture_fetched_at, first_interaction_at, last_interaction_at,
        updated_at, deleted_at, version, merged_into),
    DELETE
    ON contacts TO ventros_app;

GRANT
    SELECT (tenant_id, credential_id, lease_id, leased_until, failures),
    INSERT (tenant_id, credential_id, lease_id, leased_until, failures),
    UPDATE (lease_id, leased_until, failures),
    DELETE
    ON credential_refreshes TO ventros_app;

GRANT
    SELECT (tenant_id, credential_id, slot, last_used_at),
    INSERT (tenant_id, credential_id, slot, last_used_at),
    UPDATE (last_used_at)
    ON credential_uses TO ventros_app;

GRANT
    SELECT (tenant_id, id, project_id, credential_type, name, description, secret, oauth_access_token,
        oauth_refresh_token, oauth_token_type, expires_at, metadata, is_active, created_at, updated_at,
        version),
    INSERT (tenant_id, id, project_id, credential_type, name, description, secret, oauth_access_token,
        oauth_refresh_token, oauth_token_type, expires_at, metadata, is_active, created_at, updated_at),
    UPDATE (project_id, description, secret, oauth_access_token, oauth_refresh_token, oauth_token_type,
        expires_at, metadata, is_active, updated_at, version),
    DELETE
    ON credentials TO ventros_app;

GRANT
    SELECT (tenant_id, message_id, attempt, began_at, ended_at, outcome, reason, channel_message_id),
    INSERT (tenant_id, message_id, attempt, began_at),
    UPDATE (ended_at, outcome, reason, channel_message_id)
    ON message_sends TO ventros_app;

GRANT
    SELECT (tenant_id, id, timestamp, user_id, project_id, contact_id, channel_id, channel_type_id,
        chat_id, session_id, from_me, content_type, text, media_url, media_mimetype, channel_message_id,
        reply_to_id, status, language, agent_id, source, metadata, mentions, delivered_at, read_at,
        played_at, created_at, updated_at, deleted_at, edited_at, revoked_at),
    INSERT (tenant_id, id, timestamp, user_id, project_id, contact_id, channel_id, channel_type_id,
        chat_id, session_id, from_me, content_type, text, media_url, media_mimetype, channel_message_id,
        reply_to_id, status, language, agent_id, source, metadata, mentions, delivered_at, read_at,
        played_at, created_at, updated_at, deleted_at, edited_at, revoked_at),
    UPDATE (contact_id, channel_id, channel_type_id, chat_id, session_id, text, media_url,
        media_mimetype, channel_message_id, status, agent_id, source, metadata, mentions, delivered_at,
        read_at, played_at, updated_at, edited_at, revoked_at)
    ON messages TO ventros_app;

GRANT
    SELECT (tenant_id, id, pipeline_id, field_key, field_type, field_value, created_at, updated_at),
    INSERT (tenant_id, id, pipeline_id, field_key, field_type, field_value, created_at, updated_at),
    UPDATE (field_value, updated_at),
    DELETE
    ON pipeline_custom_fields TO ventros_app;

GRANT
    SELECT (tenant_id, id, pipeline_id, name, description, color, status_type, position, active,
        created_at, updated_at, deleted_at, version),
    INSERT (tenant_id, id, pipeline_id, name, description, color, status_type, position, active,
        created_at, updated_at, deleted_at),
    UPDATE (name, description, color, status_type, position, active, updated_at, deleted_at, version),
    DELETE
    ON pipeline_statuses TO ventros_app;

GRANT
    SELECT (tenant_id, id, project_id, name, description, color, position, active,
        session_timeout_minutes, lead_qualification, enable_ai_summary, ai_provider, ai_model,
        created_at, updated_at, deleted_at, version),
    INSERT (tenant_id, id, project_id, name, description, color, position, active,
        session_timeout_minutes, lead_qualification, enable_ai_summary, ai_provider, ai_model,
        created_at, updated_at, deleted_at),
    UPDATE (name, description, color, position, active, session_timeout_minutes, lead_qualification,
        enable_ai_summary, ai_provider, ai_model, updated_at, deleted_at, version),
    DELETE
    ON pipelines TO ventros_app;

GRANT
    SELECT (tenant_id, id, contact_id, pipeline_id, status_id, entered_at, exited_at, duration_seconds,
        changed_by, reason, notes, created_at, updated_at),
    INSERT (tenant_id, id, contact_id, pipeline_id, status_id, entered_at, exited_at, duration_seconds,
        changed_by, reason, notes, created_at, updated_at),
    UPDATE (contact_id, exited_at, duration_seconds, updated_at)
    ON placements TO ventros_app;

GRANT
    SELECT (tenant_id, id, user_id, billing_account_id, name, description, configuration, active,
        session_timeout_minutes, agent_assignment, created_at, updated_at, deleted_at, version,
        suspended_at),
    INSERT (tenant_id, id, user_id, billing_account_id, name, description, configuration, active,
        session_timeout_minutes, agent_assignment, created_at, updated_at, deleted_at, suspended_at),
    UPDATE (name, description, configuration, active, session_timeout_minutes, agent_assignment,
        updated_at, deleted_at, version, suspended_at),
    DELETE
    ON projects TO ventros_app;

GRANT
    SELECT (tenant_id, sequence_id, slot, total_enrolled, completed_count, exited_count),
    INSERT (tenant_id, sequence_id, slot, total_enrolled, completed_count, exited_count),
    UPDATE (total_enrolled, completed_count, exited_count)
    ON sequence_counters TO ventros_app;

GRANT
    SELECT (tenant_id, id, version, sequence_id, contact_id, channel_id, status, step_position,
        next_scheduled_at, postponements, completed_at, exited_at, exit_reason, created_at, updated_at),
    INSERT (tenant_id, id, sequence_id, contact_id, channel_id, status, step_position,
        next_scheduled_at, postponements, completed_at, exited_at, exit_reason, created_at, updated_at),
    UPDATE (version, contact_id, status, step_position, next_scheduled_at, postponements, completed_at,
        exited_at, exit_reason, updated_at),
    DELETE
    ON sequence_enrollments TO ventros_app;

GRANT
    SELECT (tenant_id, id, sequence_id, position, name, delay_amount, delay_unit, message_template,
        conditions, created_at),
    INSERT (tenant_id, id, sequence_id, position, name, delay_amount, delay_unit, message_template,
        conditions, created_at),
    UPDATE (position, name, delay_amount, delay_unit, message_template, conditions),
    DELETE
    ON sequence_steps TO ventros_app;

GRANT
    SELECT (tenant_id, id, name, description, status, trigger_type, trigger_data, exit_on_reply,
        created_at, updated_at, version),
    INSERT (tenant_id, id, name, description, status, trigger_type, trigger_data, exit_on_reply,
        created_at, updated_at),
    UPDATE (name, description, status, trigger_data, exit_on_reply, updated_at, version),
    DELETE
    ON sequences TO ventros_app;

GRANT
    SELECT (tenant_id, id, contact_id, channel_type_id, pipeline_id, started_at, ended_at, status,
        end_reason, timeout, last_activity_at, message_count, messages_from_contact,
        messages_from_agent, duration_seconds, first_contact_message_at, first_agent_response_at,
        agent_response_time_seconds, contact_wait_time_seconds, agent_ids, agent_transfers, summary,
        sentiment, sentiment_score, topics, next_steps, outcome_tags, key_entities, resolved, escalated,
        converted, created_at, updated_at, deleted_at, version),
    INSERT (tenant_id, id, contact_id, channel_type_id, pipeline_id, started_at, ended_at, status,
        end_reason, timeout, last_activity_at, message_count, messages_from_contact,
        messages_from_agent, duration_seconds, first_contact_message_at, first_agent_response_at,
        agent_response_time_seconds, contact_wait_time_seconds, agent_ids, agent_transfers, summary,
        sentiment, sentiment_score, topics, next_steps, outcome_tags, key_entities, resolved, escalated,
        converted, created_at, updated_at, deleted_at),
    UPDATE (contact_id, ended_at, status, end_reason, last_activity_at, message_count,
        messages_from_contact, messages_from_agent, duration_seconds, first_contact_message_at,
        first_agent_response_at, agent_response_time_seconds, contact_wait_time_seconds, agent_ids,
        agent_transfers, summary, sentiment, sentiment_score, topics, next_steps, outcome_tags,
        key_entities, resolved, escalated, converted, updated_at, deleted_at, version),
    DELETE
    ON sessions TO ventros_app;

GRANT
    INSERT (id, email)
    ON users TO ventros_app;

GRANT
    SELECT (tenant_id, webhook_subscription_id, slot, success_count, failure_count, last_success_at,
        last_failure_at),
    INSERT (tenant_id, webhook_subscription_id, slot, success_count, failure_count, last_success_at,
        last_failure_at),
    UPDATE (success_count, failure_count, last_success_at, last_failure_at)
    ON webhook_counters TO ventros_app;

GRANT
    SELECT (tenant_id, id, user_id, project_id, name, url, origin, events, subscribe_contact_events,
        contact_event_types, contact_event_categories, active, secret, headers, retry_count,
        timeout_seconds, created_at, updated_at, deleted_at, version),
    INSERT (tenant_id, id, user_id, project_id, name, url, origin, events, subscribe_contact_events,
        contact_event_types, contact_event_categories, active, secret, headers, retry_count,
        timeout_seconds, created_at, updated_at, deleted_at),
    UPDATE (name, url, origin, events, subscribe_contact_events, contact_event_types,
        contact_event_categories, active, secret, headers, retry_count, timeout_seconds, updated_at,
        deleted_at, version),
    DELETE
    ON webhook_subscriptions TO ventros_app;

-- The relay: for all tenants. Each policy opens one table to it for one command.

GRANT USAGE ON SCHEMA public TO ventros_relay;

GRANT
    SELECT (tenant_id, webhook_subscription_id, slot, success_count, failure_count, last_success_at,
        last_failure_at),
    INSERT (tenant_id, webhook_subscription_id, slot, success_count, failure_count, last_success_at,
        last_failure_at),
    UPDATE (success_count, failure_count, last_success_at, last_failure_at)
    ON webhook_counters TO ventros_relay;
CREATE POLICY relay_select ON webhook_counters FOR SELECT TO ventros_relay USING (true);
CREATE POLICY relay_insert ON webhook_counters FOR INSERT TO ventros_relay WITH CHECK (true);
CREATE POLICY relay_update ON webhook_counters FOR UPDATE TO ventros_relay USING (true) WITH CHECK (true);

GRANT
    SELECT (tenant_id, id, user_id, project_id, name, url, origin, events, subscribe_contact_events,
        contact_event_types, contact_event_categories, active, secret, headers, retry_count,
        timeout_seconds, created_at, updated_at, deleted_at, version)
    ON webhook_subscriptions TO ventros_relay;
CREATE POLICY relay_select ON webhook_subscriptions FOR SELECT TO ventros_relay USING (true);

-- The scheduler: for all tenants, by policies of its own, as the relay.

GRANT USAGE ON SCHEMA public TO ventros_scheduler;

GRANT
    SELECT (tenant_id, id, status, scheduled_for)
    ON broadcasts TO ventros_scheduler;
CREATE POLICY scheduler_select ON broadcasts FOR SELECT TO ventros_scheduler USING (true);

GRANT
    SELECT (tenant_id, id, campaign_id, status, next_scheduled_at)
    ON campaign_enrollments TO ventros_scheduler;
CREATE POLICY scheduler_select ON campaign_enrollments FOR SELECT TO ventros_scheduler USING (true);

GRANT
    SELECT (tenant_id, id, status, start_date)
    ON campaigns TO ventros_scheduler;
CREATE POLICY scheduler_select ON campaigns FOR SELECT TO ventros_scheduler USING (true);

GRANT
    SELECT (tenant_id, id, sequence_id, status, next_scheduled_at)
    ON sequence_enrollments TO ventros_scheduler;
CREATE POLICY scheduler_select ON sequence_enrollments FOR SELECT TO ventros_scheduler USING (true);

GRANT
    SELECT (tenant_id, id, status)
    ON sequences TO ventros_scheduler;
CREATE POLICY scheduler_select ON sequences FOR SELECT TO ventros_scheduler USING (true);

GRANT
    SELECT (tenant_id, id, status, timeout, last_activity_at, deleted_at)
    ON sessions TO ventros_scheduler;
CREATE POLICY scheduler_select ON sessions FOR SELECT TO ventros_scheduler USING (true);

-- The auditor: reads all rows of all tenants, but no secrets, and writes nothing.

GRANT USAGE ON SCHEMA public TO ventros_auditor;

GRANT
    SELECT (tenant_id, project_id, user_id, billing_account_id)
    ON account_projects TO ventros_auditor;
CREATE POLICY auditor_select ON account_projects FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, agent_id, slot, sessions_handled, response_ms_total, last_activity_at)
    ON agent_counters TO ventros_auditor;
CREATE POLICY auditor_select ON agent_counters FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, project_id, user_id, name, email, type, status, role, active, permissions,
        virtual_metadata, last_login_at, created_at, updated_at, deleted_at, version)
    ON agents TO ventros_auditor;
CREATE POLICY auditor_select ON agents FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (user_id, id, name, stripe_customer_id, payment_status, payment_methods, billing_email,
        suspended_at, suspension_reason, created_at, updated_at, deleted_at, version)
    ON billing_accounts TO ventros_auditor;
CREATE POLICY auditor_select ON billing_accounts FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, broadcast_id, slot, total_contacts, sent_count, failed_count, skipped_count)
    ON broadcast_counters TO ventros_auditor;
CREATE POLICY auditor_select ON broadcast_counters FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, broadcast_id, contact_id, status, message_id, error, queued_at, sent_at,
        created_at, updated_at)
    ON broadcast_executions TO ventros_auditor;
CREATE POLICY auditor_select ON broadcast_executions FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, name, list_id, message_template, status, scheduled_for, started_at,
        completed_at, failure_reason, rate_limit, created_at, updated_at, version, channel_id)
    ON broadcasts TO ventros_auditor;
CREATE POLICY auditor_select ON broadcasts FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, campaign_id, slot, contacts_reached, conversions_count)
    ON campaign_counters TO ventros_auditor;
CREATE POLICY auditor_select ON campaign_counters FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, version, campaign_id, contact_id, channel_id, status, step_position,
        next_scheduled_at, waiting_for, postponements, completed_at, exited_at, exit_reason, created_at,
        updated_at)
    ON campaign_enrollments TO ventros_auditor;
CREATE POLICY auditor_select ON campaign_enrollments FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, campaign_id, position, name, type, config, conditions, created_at)
    ON campaign_steps TO ventros_auditor;
CREATE POLICY auditor_select ON campaign_steps FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, name, description, status, goal_type, goal_value, start_date, end_date,
        created_at, updated_at, version)
    ON campaigns TO ventros_auditor;
CREATE POLICY auditor_select ON campaigns FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, channel_id, slot, messages_received, messages_sent, last_message_at)
    ON channel_counters TO ventros_auditor;
CREATE POLICY auditor_select ON channel_counters FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, platform, external_id, channel_id, webhook_id)
    ON channel_routes TO ventros_auditor;
CREATE POLICY auditor_select ON channel_routes FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, user_id, project_id, name, type, status, external_id, connection_mode,
        webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id,
        session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled,
        debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status,
        history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days,
        history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at,
        updated_at, deleted_at, version, suspended_from)
    ON channels TO ventros_auditor;
CREATE POLICY auditor_select ON channels FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, chat_id, participant_id, participant_type, contact_id, agent_id, joined_at,
        is_admin)
    ON chat_participants TO ventros_auditor;
CREATE POLICY auditor_select ON chat_participants FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, project_id, chat_type, individual_contact_id, external_id, subject,
        description, status, metadata, label_ids, last_message_at, created_at, updated_at, deleted_at,
        version)
    ON chats TO ventros_auditor;
CREATE POLICY auditor_select ON chats FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, contact_id, field_key, field_type, field_value, field_value_hash, created_at,
        updated_at, deleted_at)
    ON contact_custom_fields TO ventros_auditor;
CREATE POLICY auditor_select ON contact_custom_fields FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, project_id, lid, phone, contact_id, paired_at)
    ON contact_identities TO ventros_auditor;
CREATE POLICY auditor_select ON contact_identities FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, contact_list_id, slot, members)
    ON contact_list_counters TO ventros_auditor;
CREATE POLICY auditor_select ON contact_list_counters FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, contact_list_id, id, position, filter_type, operator, field_key, field_type,
        value, pipeline_id, created_at)
    ON contact_list_filters TO ventros_auditor;
CREATE POLICY auditor_select ON contact_list_filters FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, contact_list_id, contact_id, added_at)
    ON contact_list_members TO ventros_auditor;
CREATE POLICY auditor_select ON contact_list_members FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, project_id, name, description, logical_operator, is_static, contact_count,
        last_calculated_at, created_at, updated_at, deleted_at, version)
    ON contact_lists TO ventros_auditor;
CREATE POLICY auditor_select ON contact_lists FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, project_id, name, email, phone, external_id, source_channel, language,
        timezone, tags, profile_picture_url, profile_picture_fetched_at, first_interaction_at,
        last_interaction_at, created_at, updated_at, deleted_at, version, merged_into)
    ON contacts TO ventros_auditor;
CREATE POLICY auditor_select ON contacts FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, credential_id, lease_id, leased_until, failures)
    ON credential_refreshes TO ventros_auditor;
CREATE POLICY auditor_select ON credential_refreshes FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, credential_id, slot, last_used_at)
    ON credential_uses TO ventros_auditor;
CREATE POLICY auditor_select ON credential_uses FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, project_id, credential_type, name, description, oauth_token_type, expires_at,
        metadata, is_active, created_at, updated_at, version)
    ON credentials TO ventros_auditor;
CREATE POLICY auditor_select ON credentials FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, message_id, attempt, began_at, ended_at, outcome, reason, channel_message_id)
    ON message_sends TO ventros_auditor;
CREATE POLICY auditor_select ON message_sends FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, timestamp, user_id, project_id, contact_id, channel_id, channel_type_id,
        chat_id, session_id, from_me, content_type, text, media_url, media_mimetype, channel_message_id,
        reply_to_id, status, language, agent_id, source, metadata, mentions, delivered_at, read_at,
        played_at, created_at, updated_at, deleted_at, edited_at, revoked_at)
    ON messages TO ventros_auditor;
CREATE POLICY auditor_select ON messages FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, pipeline_id, field_key, field_type, field_value, created_at, updated_at)
    ON pipeline_custom_fields TO ventros_auditor;
CREATE POLICY auditor_select ON pipeline_custom_fields FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, pipeline_id, name, description, color, status_type, position, active,
        created_at, updated_at, deleted_at, version)
    ON pipeline_statuses TO ventros_auditor;
CREATE POLICY auditor_select ON pipeline_statuses FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, project_id, name, description, color, position, active,
        session_timeout_minutes, lead_qualification, enable_ai_summary, ai_provider, ai_model,
        created_at, updated_at, deleted_at, version)
    ON pipelines TO ventros_auditor;
CREATE POLICY auditor_select ON pipelines FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, contact_id, pipeline_id, status_id, entered_at, exited_at, duration_seconds,
        changed_by, reason, notes, created_at, updated_at)
    ON placements TO ventros_auditor;
CREATE POLICY auditor_select ON placements FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, user_id, billing_account_id, name, description, configuration, active,
        session_timeout_minutes, agent_assignment, created_at, updated_at, deleted_at, version,
        suspended_at)
    ON projects TO ventros_auditor;
CREATE POLICY auditor_select ON projects FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, sequence_id, slot, total_enrolled, completed_count, exited_count)
    ON sequence_counters TO ventros_auditor;
CREATE POLICY auditor_select ON sequence_counters FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, version, sequence_id, contact_id, channel_id, status, step_position,
        next_scheduled_at, postponements, completed_at, exited_at, exit_reason, created_at, updated_at)
    ON sequence_enrollments TO ventros_auditor;
CREATE POLICY auditor_select ON sequence_enrollments FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, sequence_id, position, name, delay_amount, delay_unit, message_template,
        conditions, created_at)
    ON sequence_steps TO ventros_auditor;
CREATE POLICY auditor_select ON sequence_steps FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, name, description, status, trigger_type, trigger_data, exit_on_reply,
        created_at, updated_at, version)
    ON sequences TO ventros_auditor;
CREATE POLICY auditor_select ON sequences FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, contact_id, channel_type_id, pipeline_id, started_at, ended_at, status,
        end_reason, timeout, last_activity_at, message_count, messages_from_contact,
        messages_from_agent, duration_seconds, first_contact_message_at, first_agent_response_at,
        agent_response_time_seconds, contact_wait_time_seconds, agent_ids, agent_transfers, summary,
        sentiment, sentiment_score, topics, next_steps, outcome_tags, key_entities, resolved, escalated,
        converted, created_at, updated_at, deleted_at, version)
    ON sessions TO ventros_auditor;
CREATE POLICY auditor_select ON sessions FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (id, email, role, created_at)
    ON users TO ventros_auditor;
CREATE POLICY auditor_select ON users FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, webhook_subscription_id, slot, success_count, failure_count, last_success_at,
        last_failure_at)
    ON webhook_counters TO ventros_auditor;
CREATE POLICY auditor_select ON webhook_counters FOR SELECT TO ventros_auditor USING (true);

GRANT
    SELECT (tenant_id, id, user_id, project_id, name, origin, events, subscribe_contact_events,
        contact_event_types, contact_event_categories, active, retry_count, timeout_seconds, created_at,
        updated_at, deleted_at, version)
    ON webhook_subscriptions TO ventros_auditor;
CREATE POLICY auditor_select ON webhook_subscriptions FOR SELECT TO ventros_auditor USING (true);
