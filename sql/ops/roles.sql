-- name:  roles
-- kind:  findings
-- weight: critical
-- means:  A role may read or change what its statements do not, of any tenant.
-- why:   the roles that services log in as may do what their statements do and nothing else: then none can forget a
--        tenant, switch a version guard off, or change a table. The owner is bound by the policies. What one of them
--        may do more is a hole in all of that.
-- role:  any that may connect
-- read:  one row for each power that a role has, or may take by SET ROLE, and should not: its attributes, every role
--        that it reaches by membership, what it owns, what it and PUBLIC are granted on the application's tables,
--        their sequences and the views of them, on schemas, the database, functions that run as somebody else and
--        parameters, on what the server brings, what it may pass on, what it will be granted on new tables, and what its sessions begin with.
--        What it should have is what the files grants.sql say. Also one row for a role that there is not: SET
--        ventros.app = 'another' for one of another name, and so for owner, relay, scheduler, auditor.
-- mend:  run what stands in mend, as a superuser; `ventros migrate roles` does so where it says REVOKE … ON.
-- blind: other roles that may log in and use the tables, and who is a member of these; what is granted on tables of
--        others; policies, which row_security looks at.
WITH RECURSIVE kind (kind, name) AS (
    SELECT kind, coalesce(nullif(current_setting('ventros.' || kind, true), ''), 'ventros_' || kind)
      FROM (VALUES ('owner'), ('app'), ('relay'), ('scheduler'), ('auditor')) AS one (kind)
), ours AS (
    SELECT kind, role.* FROM kind JOIN pg_roles AS role ON rolname = name
), granted (kind, table_name, privilege, columns) AS (
    VALUES
    -- for each privilege, with "," between: ('{role}', '{table}', '{action}', '{{{columns}}}'::text[])
    ('app', 'commit_markers', 'SELECT', '{tenant_id, id, tombstone}'::text[]),
    ('app', 'commit_markers', 'INSERT', '{tenant_id, id, tombstone}'::text[]),
    ('app', 'commit_markers', 'UPDATE', '{id}'::text[]),
    ('app', 'expected_events', 'SELECT', '{tenant_id, consumer, aggregate_type, aggregate_id, aggregate_version, sequence}'::text[]),
    ('app', 'expected_events', 'INSERT', '{tenant_id, consumer, aggregate_type, aggregate_id, aggregate_version, sequence}'::text[]),
    ('app', 'expected_events', 'UPDATE', '{aggregate_version, sequence}'::text[]),
    ('app', 'outbox_events', 'SELECT', '{tenant_id}'::text[]),
    ('app', 'outbox_events', 'INSERT', '{tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type, aggregate_id, aggregate_version, sequence, last_of_version, correlation_id, causation_id, payload}'::text[]),
    ('app', 'processed_events', 'SELECT', '{tenant_id, consumer, event_id}'::text[]),
    ('app', 'processed_events', 'INSERT', '{tenant_id, consumer, event_id, processed_at}'::text[]),
    ('relay', 'outbox_consumers', 'SELECT', '{name, transaction_id, position, system_identifier, registered_at, moved_at}'::text[]),
    ('relay', 'outbox_consumers', 'INSERT', '{name, transaction_id, position, system_identifier}'::text[]),
    ('relay', 'outbox_consumers', 'UPDATE', '{transaction_id, position, moved_at}'::text[]),
    ('relay', 'outbox_consumers', 'DELETE', '{}'::text[]),
    ('relay', 'outbox_deliveries', 'SELECT', '{tenant_id, destination, aggregate_type, aggregate_id, transaction_id, position, event_id}'::text[]),
    ('relay', 'outbox_deliveries', 'INSERT', '{tenant_id, destination, aggregate_type, aggregate_id, transaction_id, position, event_id}'::text[]),
    ('relay', 'outbox_deliveries', 'DELETE', '{}'::text[]),
    ('relay', 'outbox_events', 'SELECT', '{tenant_id, event_id, position, transaction_id, event_name, event_version, occurred_at, aggregate_type, aggregate_id, aggregate_version, sequence, last_of_version, correlation_id, causation_id, payload}'::text[]),
    ('relay', 'outbox_queues', 'SELECT', '{tenant_id, destination, aggregate_type, aggregate_id, last_transaction_id, last_position, due_at, token, attempts, last_error, dead_at}'::text[]),
    ('relay', 'outbox_queues', 'INSERT', '{tenant_id, destination, aggregate_type, aggregate_id, last_transaction_id, last_position}'::text[]),
    ('relay', 'outbox_queues', 'UPDATE', '{last_transaction_id, last_position, due_at, token, attempts, last_error, dead_at}'::text[]),
    ('relay', 'outbox_queues', 'DELETE', '{}'::text[]),
    ('scheduler', 'commit_markers', 'SELECT', '{tenant_id, id, recorded_at}'::text[]),
    ('scheduler', 'commit_markers', 'DELETE', '{}'::text[]),
    ('scheduler', 'outbox_consumers', 'SELECT', '{name, transaction_id, position, system_identifier}'::text[]),
    ('scheduler', 'outbox_consumers', 'INSERT', '{name, transaction_id, position, system_identifier}'::text[]),
    ('scheduler', 'outbox_consumers', 'UPDATE', '{transaction_id, position, moved_at}'::text[]),
    ('scheduler', 'outbox_deliveries', 'SELECT', '{transaction_id, position}'::text[]),
    ('scheduler', 'outbox_events', 'SELECT', '{tenant_id, event_id, position, transaction_id, occurred_at, aggregate_type, aggregate_id, aggregate_version}'::text[]),
    ('scheduler', 'outbox_events', 'DELETE', '{}'::text[]),
    ('scheduler', 'processed_events', 'SELECT', '{tenant_id, consumer, event_id, processed_at}'::text[]),
    ('scheduler', 'processed_events', 'DELETE', '{}'::text[]),
    ('auditor', 'aggregate_history', 'SELECT', '{tenant_id, aggregate_table, aggregate_id, aggregate_version, kind, recorded_at, role, actor, use_case, before, after}'::text[]),
    ('auditor', 'commit_markers', 'SELECT', '{tenant_id, id, recorded_at, tombstone}'::text[]),
    ('auditor', 'expected_events', 'SELECT', '{tenant_id, consumer, aggregate_type, aggregate_id, aggregate_version, sequence}'::text[]),
    ('auditor', 'outbox_consumers', 'SELECT', '{name, transaction_id, position, system_identifier, registered_at, moved_at}'::text[]),
    ('auditor', 'outbox_deliveries', 'SELECT', '{tenant_id, destination, aggregate_type, aggregate_id, transaction_id, position, event_id}'::text[]),
    ('auditor', 'outbox_events', 'SELECT', '{tenant_id, event_id, position, transaction_id, event_name, event_version, occurred_at, aggregate_type, aggregate_id, aggregate_version, sequence, last_of_version, correlation_id, causation_id, payload}'::text[]),
    ('auditor', 'outbox_queues', 'SELECT', '{tenant_id, destination, aggregate_type, aggregate_id, last_transaction_id, last_position, due_at, token, attempts, last_error, dead_at}'::text[]),
    ('auditor', 'processed_events', 'SELECT', '{tenant_id, consumer, event_id, processed_at}'::text[]),
    ('app', 'account_projects', 'SELECT', '{tenant_id, project_id, user_id, billing_account_id}'::text[]),
    ('app', 'account_projects', 'INSERT', '{tenant_id, project_id, user_id, billing_account_id}'::text[]),
    ('app', 'agent_counters', 'SELECT', '{tenant_id, agent_id, slot, sessions_handled, response_ms_total, last_activity_at}'::text[]),
    ('app', 'agent_counters', 'INSERT', '{tenant_id, agent_id, slot, sessions_handled, response_ms_total, last_activity_at}'::text[]),
    ('app', 'agent_counters', 'UPDATE', '{sessions_handled, response_ms_total, last_activity_at}'::text[]),
    ('app', 'agents', 'SELECT', '{tenant_id, id, project_id, user_id, name, email, type, status, role, active, config, permissions, settings, virtual_metadata, last_login_at, created_at, updated_at, deleted_at, version}'::text[]),
    ('app', 'agents', 'INSERT', '{tenant_id, id, project_id, user_id, name, email, type, status, role, active, config, permissions, settings, virtual_metadata, last_login_at, created_at, updated_at, deleted_at}'::text[]),
    ('app', 'agents', 'UPDATE', '{name, email, status, role, active, config, permissions, settings, virtual_metadata, last_login_at, updated_at, deleted_at, version}'::text[]),
    ('app', 'agents', 'DELETE', '{}'::text[]),
    ('app', 'billing_accounts', 'SELECT', '{user_id, id, name, stripe_customer_id, payment_status, payment_methods, billing_email, suspended_at, suspension_reason, created_at, updated_at, deleted_at, version}'::text[]),
    ('app', 'billing_accounts', 'INSERT', '{user_id, id, name, stripe_customer_id, payment_status, payment_methods, billing_email, suspended_at, suspension_reason, created_at, updated_at, deleted_at}'::text[]),
    ('app', 'billing_accounts', 'UPDATE', '{name, stripe_customer_id, payment_status, payment_methods, billing_email, suspended_at, suspension_reason, updated_at, deleted_at, version}'::text[]),
    ('app', 'billing_accounts', 'DELETE', '{}'::text[]),
    ('app', 'broadcast_counters', 'SELECT', '{tenant_id, broadcast_id, slot, total_contacts, sent_count, failed_count, skipped_count}'::text[]),
    ('app', 'broadcast_counters', 'INSERT', '{tenant_id, broadcast_id, slot, total_contacts, sent_count, failed_count, skipped_count}'::text[]),
    ('app', 'broadcast_counters', 'UPDATE', '{total_contacts, sent_count, failed_count, skipped_count}'::text[]),
    ('app', 'broadcast_executions', 'SELECT', '{tenant_id, broadcast_id, contact_id, status, message_id, error, queued_at, sent_at, created_at, updated_at}'::text[]),
    ('app', 'broadcast_executions', 'INSERT', '{tenant_id, broadcast_id, contact_id, status, created_at, updated_at}'::text[]),
    ('app', 'broadcast_executions', 'UPDATE', '{contact_id, status, message_id, error, queued_at, sent_at, updated_at}'::text[]),
    ('app', 'broadcasts', 'SELECT', '{tenant_id, id, name, list_id, message_template, status, scheduled_for, started_at, completed_at, failure_reason, rate_limit, created_at, updated_at, version, channel_id}'::text[]),
    ('app', 'broadcasts', 'INSERT', '{tenant_id, id, name, list_id, message_template, status, scheduled_for, started_at, completed_at, failure_reason, rate_limit, created_at, updated_at, channel_id}'::text[]),
    ('app', 'broadcasts', 'UPDATE', '{name, message_template, status, scheduled_for, started_at, completed_at, failure_reason, rate_limit, updated_at, version, channel_id}'::text[]),
    ('app', 'broadcasts', 'DELETE', '{}'::text[]),
    ('app', 'campaign_counters', 'SELECT', '{tenant_id, campaign_id, slot, contacts_reached, conversions_count}'::text[]),
    ('app', 'campaign_counters', 'INSERT', '{tenant_id, campaign_id, slot, contacts_reached, conversions_count}'::text[]),
    ('app', 'campaign_counters', 'UPDATE', '{contacts_reached, conversions_count}'::text[]),
    ('app', 'campaign_enrollments', 'SELECT', '{tenant_id, id, version, campaign_id, contact_id, channel_id, status, step_position, next_scheduled_at, waiting_for, postponements, completed_at, exited_at, exit_reason, created_at, updated_at}'::text[]),
    ('app', 'campaign_enrollments', 'INSERT', '{tenant_id, id, campaign_id, contact_id, channel_id, status, step_position, next_scheduled_at, waiting_for, postponements, completed_at, exited_at, exit_reason, created_at, updated_at}'::text[]),
    ('app', 'campaign_enrollments', 'UPDATE', '{version, contact_id, status, step_position, next_scheduled_at, waiting_for, postponements, completed_at, exited_at, exit_reason, updated_at}'::text[]),
    ('app', 'campaign_enrollments', 'DELETE', '{}'::text[]),
    ('app', 'campaign_steps', 'SELECT', '{tenant_id, id, campaign_id, position, name, type, config, conditions, created_at}'::text[]),
    ('app', 'campaign_steps', 'INSERT', '{tenant_id, id, campaign_id, position, name, type, config, conditions, created_at}'::text[]),
    ('app', 'campaign_steps', 'UPDATE', '{position, name, type, config, conditions}'::text[]),
    ('app', 'campaign_steps', 'DELETE', '{}'::text[]),
    ('app', 'campaigns', 'SELECT', '{tenant_id, id, name, description, status, goal_type, goal_value, start_date, end_date, created_at, updated_at, version}'::text[]),
    ('app', 'campaigns', 'INSERT', '{tenant_id, id, name, description, status, goal_type, goal_value, start_date, end_date, created_at, updated_at}'::text[]),
    ('app', 'campaigns', 'UPDATE', '{name, description, status, goal_type, goal_value, start_date, end_date, updated_at, version}'::text[]),
    ('app', 'campaigns', 'DELETE', '{}'::text[]),
    ('app', 'channel_counters', 'SELECT', '{tenant_id, channel_id, slot, messages_received, messages_sent, last_message_at}'::text[]),
    ('app', 'channel_counters', 'INSERT', '{tenant_id, channel_id, slot, messages_received, messages_sent, last_message_at}'::text[]),
    ('app', 'channel_counters', 'UPDATE', '{messages_received, messages_sent, last_message_at}'::text[]),
    ('app', 'channel_routes', 'SELECT', '{tenant_id, platform, external_id, channel_id, webhook_id}'::text[]),
    ('app', 'channel_routes', 'INSERT', '{tenant_id, platform, external_id, channel_id, webhook_id}'::text[]),
    ('app', 'channel_routes', 'UPDATE', '{external_id}'::text[]),
    ('app', 'channel_routes', 'DELETE', '{}'::text[]),
    ('app', 'channels', 'SELECT', '{tenant_id, id, user_id, project_id, name, type, status, external_id, config, secrets, connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id, session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled, debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status, history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days, history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at, updated_at, deleted_at, version, suspended_from}'::text[]),
    ('app', 'channels', 'INSERT', '{tenant_id, id, user_id, project_id, name, type, status, external_id, config, secrets, connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id, session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled, debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status, history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days, history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at, updated_at, deleted_at, suspended_from}'::text[]),
    ('app', 'channels', 'UPDATE', '{name, status, external_id, config, secrets, connection_mode, webhook_url, webhook_configured_at, webhook_active, pipeline_id, session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled, debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status, history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days, history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, updated_at, deleted_at, version, suspended_from}'::text[]),
    ('app', 'channels', 'DELETE', '{}'::text[]),
    ('app', 'chat_participants', 'SELECT', '{tenant_id, chat_id, participant_id, participant_type, contact_id, joined_at, is_admin}'::text[]),
    ('app', 'chat_participants', 'INSERT', '{tenant_id, chat_id, participant_id, participant_type, joined_at, is_admin}'::text[]),
    ('app', 'chat_participants', 'UPDATE', '{participant_type, joined_at, is_admin}'::text[]),
    ('app', 'chat_participants', 'DELETE', '{}'::text[]),
    ('app', 'chats', 'SELECT', '{tenant_id, id, project_id, chat_type, individual_contact_id, external_id, subject, description, status, metadata, label_ids, last_message_at, created_at, updated_at, deleted_at, version}'::text[]),
    ('app', 'chats', 'INSERT', '{tenant_id, id, project_id, chat_type, individual_contact_id, external_id, subject, description, status, metadata, label_ids, last_message_at, created_at, updated_at, deleted_at}'::text[]),
    ('app', 'chats', 'UPDATE', '{individual_contact_id, external_id, subject, description, status, metadata, label_ids, last_message_at, updated_at, deleted_at, version}'::text[]),
    ('app', 'chats', 'DELETE', '{}'::text[]),
    ('app', 'contact_custom_fields', 'SELECT', '{tenant_id, id, contact_id, field_key, field_type, field_value, field_value_hash, updated_at, deleted_at}'::text[]),
    ('app', 'contact_custom_fields', 'INSERT', '{tenant_id, id, contact_id, field_key, field_type, field_value, created_at, updated_at}'::text[]),
    ('app', 'contact_custom_fields', 'UPDATE', '{contact_id, field_type, field_value, updated_at, deleted_at}'::text[]),
    ('app', 'contact_identities', 'SELECT', '{tenant_id, project_id, lid, phone, contact_id, paired_at}'::text[]),
    ('app', 'contact_identities', 'INSERT', '{tenant_id, project_id, lid, phone, contact_id, paired_at}'::text[]),
    ('app', 'contact_identities', 'UPDATE', '{phone, contact_id, paired_at}'::text[]),
    ('app', 'contact_identities', 'DELETE', '{}'::text[]),
    ('app', 'contact_list_counters', 'SELECT', '{tenant_id, contact_list_id, slot, members}'::text[]),
    ('app', 'contact_list_counters', 'INSERT', '{tenant_id, contact_list_id, slot, members}'::text[]),
    ('app', 'contact_list_counters', 'UPDATE', '{members}'::text[]),
    ('app', 'contact_list_filters', 'SELECT', '{tenant_id, contact_list_id, id, position, filter_type, operator, field_key, field_type, value, pipeline_id, created_at}'::text[]),
    ('app', 'contact_list_filters', 'INSERT', '{tenant_id, contact_list_id, id, position, filter_type, operator, field_key, field_type, value, pipeline_id, created_at}'::text[]),
    ('app', 'contact_list_filters', 'UPDATE', '{position, filter_type, operator, field_key, field_type, value, pipeline_id}'::text[]),
    ('app', 'contact_list_filters', 'DELETE', '{}'::text[]),
    ('app', 'contact_list_members', 'SELECT', '{tenant_id, contact_list_id, contact_id, added_at}'::text[]),
    ('app', 'contact_list_members', 'INSERT', '{tenant_id, contact_list_id, contact_id, added_at}'::text[]),
    ('app', 'contact_list_members', 'DELETE', '{}'::text[]),
    ('app', 'contact_lists', 'SELECT', '{tenant_id, id, project_id, name, description, logical_operator, is_static, contact_count, last_calculated_at, created_at, updated_at, deleted_at, version}'::text[]),
    ('app', 'contact_lists', 'INSERT', '{tenant_id, id, project_id, name, description, logical_operator, is_static, contact_count, last_calculated_at, created_at, updated_at, deleted_at}'::text[]),
    ('app', 'contact_lists', 'UPDATE', '{name, description, logical_operator, contact_count, last_calculated_at, updated_at, deleted_at, version}'::text[]),
    ('app', 'contact_lists', 'DELETE', '{}'::text[]),
    ('app', 'contacts', 'SELECT', '{tenant_id, id, project_id, name, email, phone, external_id, source_channel, language, timezone, tags, profile_picture_url, profile_picture_fetched_at, first_interaction_at, last_interaction_at, created_at, updated_at, deleted_at, version, merged_into}'::text[]),
    ('app', 'contacts', 'INSERT', '{tenant_id, id, project_id, name, email, phone, external_id, source_channel, language, timezone, tags, profile_picture_url, profile_picture_fetched_at, first_interaction_at, last_interaction_at, created_at, updated_at, deleted_at, merged_into}'::text[]),
    ('app', 'contacts', 'UPDATE', '{name, email, phone, external_id, source_channel, language, timezone, tags, profile_picture_url, profile_picture_fetched_at, first_interaction_at, last_interaction_at, updated_at, deleted_at, version, merged_into}'::text[]),
    ('app', 'contacts', 'DELETE', '{}'::text[]),
    ('app', 'credential_refreshes', 'SELECT', '{tenant_id, credential_id, lease_id, leased_until, failures}'::text[]),
    ('app', 'credential_refreshes', 'INSERT', '{tenant_id, credential_id, lease_id, leased_until, failures}'::text[]),
    ('app', 'credential_refreshes', 'UPDATE', '{lease_id, leased_until, failures}'::text[]),
    ('app', 'credential_refreshes', 'DELETE', '{}'::text[]),
    ('app', 'credential_uses', 'SELECT', '{tenant_id, credential_id, slot, last_used_at}'::text[]),
    ('app', 'credential_uses', 'INSERT', '{tenant_id, credential_id, slot, last_used_at}'::text[]),
    ('app', 'credential_uses', 'UPDATE', '{last_used_at}'::text[]),
    ('app', 'credentials', 'SELECT', '{tenant_id, id, project_id, credential_type, name, description, secret, oauth_access_token, oauth_refresh_token, oauth_token_type, expires_at, metadata, is_active, created_at, updated_at, version}'::text[]),
    ('app', 'credentials', 'INSERT', '{tenant_id, id, project_id, credential_type, name, description, secret, oauth_access_token, oauth_refresh_token, oauth_token_type, expires_at, metadata, is_active, created_at, updated_at}'::text[]),
    ('app', 'credentials', 'UPDATE', '{project_id, description, secret, oauth_access_token, oauth_refresh_token, oauth_token_type, expires_at, metadata, is_active, updated_at, version}'::text[]),
    ('app', 'credentials', 'DELETE', '{}'::text[]),
    ('app', 'message_sends', 'SELECT', '{tenant_id, message_id, attempt, began_at, ended_at, outcome, reason, channel_message_id}'::text[]),
    ('app', 'message_sends', 'INSERT', '{tenant_id, message_id, attempt, began_at}'::text[]),
    ('app', 'message_sends', 'UPDATE', '{ended_at, outcome, reason, channel_message_id}'::text[]),
    ('app', 'messages', 'SELECT', '{tenant_id, id, timestamp, user_id, project_id, contact_id, channel_id, channel_type_id, chat_id, session_id, from_me, content_type, text, media_url, media_mimetype, channel_message_id, reply_to_id, status, language, agent_id, source, metadata, mentions, delivered_at, read_at, played_at, created_at, updated_at, deleted_at, edited_at, revoked_at}'::text[]),
    ('app', 'messages', 'INSERT', '{tenant_id, id, timestamp, user_id, project_id, contact_id, channel_id, channel_type_id, chat_id, session_id, from_me, content_type, text, media_url, media_mimetype, channel_message_id, reply_to_id, status, language, agent_id, source, metadata, mentions, delivered_at, read_at, played_at, created_at, updated_at, deleted_at, edited_at, revoked_at}'::text[]),
    ('app', 'messages', 'UPDATE', '{contact_id, channel_id, channel_type_id, chat_id, session_id, text, media_url, media_mimetype, channel_message_id, status, agent_id, source, metadata, mentions, delivered_at, read_at, played_at, updated_at, edited_at, revoked_at}'::text[]),
    ('app', 'pipeline_custom_fields', 'SELECT', '{tenant_id, id, pipeline_id, field_key, field_type, field_value, created_at, updated_at}'::text[]),
    ('app', 'pipeline_custom_fields', 'INSERT', '{tenant_id, id, pipeline_id, field_key, field_type, field_value, created_at, updated_at}'::text[]),
    ('app', 'pipeline_custom_fields', 'UPDATE', '{field_value, updated_at}'::text[]),
    ('app', 'pipeline_custom_fields', 'DELETE', '{}'::text[]),
    ('app', 'pipeline_statuses', 'SELECT', '{tenant_id, id, pipeline_id, name, description, color, status_type, position, active, created_at, updated_at, deleted_at, version}'::text[]),
    ('app', 'pipeline_statuses', 'INSERT', '{tenant_id, id, pipeline_id, name, description, color, status_type, position, active, created_at, updated_at, deleted_at}'::text[]),
    ('app', 'pipeline_statuses', 'UPDATE', '{name, description, color, status_type, position, active, updated_at, deleted_at, version}'::text[]),
    ('app', 'pipeline_statuses', 'DELETE', '{}'::text[]),
    ('app', 'pipelines', 'SELECT', '{tenant_id, id, project_id, name, description, color, position, active, session_timeout_minutes, lead_qualification, enable_ai_summary, ai_provider, ai_model, created_at, updated_at, deleted_at, version}'::text[]),
    ('app', 'pipelines', 'INSERT', '{tenant_id, id, project_id, name, description, color, position, active, session_timeout_minutes, lead_qualification, enable_ai_summary, ai_provider, ai_model, created_at, updated_at, deleted_at}'::text[]),
    ('app', 'pipelines', 'UPDATE', '{name, description, color, position, active, session_timeout_minutes, lead_qualification, enable_ai_summary, ai_provider, ai_model, updated_at, deleted_at, version}'::text[]),
    ('app', 'pipelines', 'DELETE', '{}'::text[]),
    ('app', 'placements', 'SELECT', '{tenant_id, id, contact_id, pipeline_id, status_id, entered_at, exited_at, duration_seconds, changed_by, reason, notes, created_at, updated_at}'::text[]),
    ('app', 'placements', 'INSERT', '{tenant_id, id, contact_id, pipeline_id, status_id, entered_at, exited_at, duration_seconds, changed_by, reason, notes, created_at, updated_at}'::text[]),
    ('app', 'placements', 'UPDATE', '{contact_id, exited_at, duration_seconds, updated_at}'::text[]),
    ('app', 'projects', 'SELECT', '{tenant_id, id, user_id, billing_account_id, name, description, configuration, active, session_timeout_minutes, agent_assignment, created_at, updated_at, deleted_at, version, suspended_at}'::text[]),
    ('app', 'projects', 'INSERT', '{tenant_id, id, user_id, billing_account_id, name, description, configuration, active, session_timeout_minutes, agent_assignment, created_at, updated_at, deleted_at, suspended_at}'::text[]),
    ('app', 'projects', 'UPDATE', '{name, description, configuration, active, session_timeout_minutes, agent_assignment, updated_at, deleted_at, version, suspended_at}'::text[]),
    ('app', 'projects', 'DELETE', '{}'::text[]),
    ('app', 'sequence_counters', 'SELECT', '{tenant_id, sequence_id, slot, total_enrolled, completed_count, exited_count}'::text[]),
    ('app', 'sequence_counters', 'INSERT', '{tenant_id, sequence_id, slot, total_enrolled, completed_count, exited_count}'::text[]),
    ('app', 'sequence_counters', 'UPDATE', '{total_enrolled, completed_count, exited_count}'::text[]),
    ('app', 'sequence_enrollments', 'SELECT', '{tenant_id, id, version, sequence_id, contact_id, channel_id, status, step_position, next_scheduled_at, postponements, completed_at, exited_at, exit_reason, created_at, updated_at}'::text[]),
    ('app', 'sequence_enrollments', 'INSERT', '{tenant_id, id, sequence_id, contact_id, channel_id, status, step_position, next_scheduled_at, postponements, completed_at, exited_at, exit_reason, created_at, updated_at}'::text[]),
    ('app', 'sequence_enrollments', 'UPDATE', '{version, contact_id, status, step_position, next_scheduled_at, postponements, completed_at, exited_at, exit_reason, updated_at}'::text[]),
    ('app', 'sequence_enrollments', 'DELETE', '{}'::text[]),
    ('app', 'sequence_steps', 'SELECT', '{tenant_id, id, sequence_id, position, name, delay_amount, delay_unit, message_template, conditions, created_at}'::text[]),
    ('app', 'sequence_steps', 'INSERT', '{tenant_id, id, sequence_id, position, name, delay_amount, delay_unit, message_template, conditions, created_at}'::text[]),
    ('app', 'sequence_steps', 'UPDATE', '{position, name, delay_amount, delay_unit, message_template, conditions}'::text[]),
    ('app', 'sequence_steps', 'DELETE', '{}'::text[]),
    ('app', 'sequences', 'SELECT', '{tenant_id, id, name, description, status, trigger_type, trigger_data, exit_on_reply, created_at, updated_at, version}'::text[]),
    ('app', 'sequences', 'INSERT', '{tenant_id, id, name, description, status, trigger_type, trigger_data, exit_on_reply, created_at, updated_at}'::text[]),
    ('app', 'sequences', 'UPDATE', '{name, description, status, trigger_data, exit_on_reply, updated_at, version}'::text[]),
    ('app', 'sequences', 'DELETE', '{}'::text[]),
    ('app', 'sessions', 'SELECT', '{tenant_id, id, contact_id, channel_type_id, pipeline_id, started_at, ended_at, status, end_reason, timeout, last_activity_at, message_count, messages_from_contact, messages_from_agent, duration_seconds, first_contact_message_at, first_agent_response_at, agent_response_time_seconds, contact_wait_time_seconds, agent_ids, agent_transfers, summary, sentiment, sentiment_score, topics, next_steps, outcome_tags, key_entities, resolved, escalated, converted, created_at, updated_at, deleted_at, version}'::text[]),
    ('app', 'sessions', 'INSERT', '{tenant_id, id, contact_id, channel_type_id, pipeline_id, started_at, ended_at, status, end_reason, timeout, last_activity_at, message_count, messages_from_contact, messages_from_agent, duration_seconds, first_contact_message_at, first_agent_response_at, agent_response_time_seconds, contact_wait_time_seconds, agent_ids, agent_transfers, summary, sentiment, sentiment_score, topics, next_steps, outcome_tags, key_entities, resolved, escalated, converted, created_at, updated_at, deleted_at}'::text[]),
    ('app', 'sessions', 'UPDATE', '{contact_id, ended_at, status, end_reason, last_activity_at, message_count, messages_from_contact, messages_from_agent, duration_seconds, first_contact_message_at, first_agent_response_at, agent_response_time_seconds, contact_wait_time_seconds, agent_ids, agent_transfers, summary, sentiment, sentiment_score, topics, next_steps, outcome_tags, key_entities, resolved, escalated, converted, updated_at, deleted_at, version}'::text[]),
    ('app', 'sessions', 'DELETE', '{}'::text[]),
    ('app', 'users', 'INSERT', '{id, email}'::text[]),
    ('app', 'webhook_counters', 'SELECT', '{tenant_id, webhook_subscription_id, slot, success_count, failure_count, last_success_at, last_failure_at}'::text[]),
    ('app', 'webhook_counters', 'INSERT', '{tenant_id, webhook_subscription_id, slot, success_count, failure_count, last_success_at, last_failure_at}'::text[]),
    ('app', 'webhook_counters', 'UPDATE', '{success_count, failure_count, last_success_at, last_failure_at}'::text[]),
    ('app', 'webhook_subscriptions', 'SELECT', '{tenant_id, id, user_id, project_id, name, url, origin, events, subscribe_contact_events, contact_event_types, contact_event_categories, active, secret, headers, retry_count, timeout_seconds, created_at, updated_at, deleted_at, version}'::text[]),
    ('app', 'webhook_subscriptions', 'INSERT', '{tenant_id, id, user_id, project_id, name, url, origin, events, subscribe_contact_events, contact_event_types, contact_event_categories, active, secret, headers, retry_count, timeout_seconds, created_at, updated_at, deleted_at}'::text[]),
    ('app', 'webhook_subscriptions', 'UPDATE', '{name, url, origin, events, subscribe_contact_events, contact_event_types, contact_event_categories, active, secret, headers, retry_count, timeout_seconds, updated_at, deleted_at, version}'::text[]),
    ('app', 'webhook_subscriptions', 'DELETE', '{}'::text[]),
    ('relay', 'webhook_counters', 'SELECT', '{tenant_id, webhook_subscription_id, slot, success_count, failure_count, last_success_at, last_failure_at}'::text[]),
    ('relay', 'webhook_counters', 'INSERT', '{tenant_id, webhook_subscription_id, slot, success_count, failure_count, last_success_at, last_failure_at}'::text[]),
    ('relay', 'webhook_counters', 'UPDATE', '{success_count, failure_count, last_success_at, last_failure_at}'::text[]),
    ('relay', 'webhook_subscriptions', 'SELECT', '{tenant_id, id, user_id, project_id, name, url, origin, events, subscribe_contact_events, contact_event_types, contact_event_categories, active, secret, headers, retry_count, timeout_seconds, created_at, updated_at, deleted_at, version}'::text[]),
    ('scheduler', 'broadcasts', 'SELECT', '{tenant_id, id, status, scheduled_for}'::text[]),
    ('scheduler', 'campaign_enrollments', 'SELECT', '{tenant_id, id, campaign_id, status, next_scheduled_at}'::text[]),
    ('scheduler', 'campaigns', 'SELECT', '{tenant_id, id, status, start_date}'::text[]),
    ('scheduler', 'sequence_enrollments', 'SELECT', '{tenant_id, id, sequence_id, status, next_scheduled_at}'::text[]),
    ('scheduler', 'sequences', 'SELECT', '{tenant_id, id, status}'::text[]),
    ('scheduler', 'sessions', 'SELECT', '{tenant_id, id, status, timeout, last_activity_at, deleted_at}'::text[]),
    ('auditor', 'account_projects', 'SELECT', '{tenant_id, project_id, user_id, billing_account_id}'::text[]),
    ('auditor', 'agent_counters', 'SELECT', '{tenant_id, agent_id, slot, sessions_handled, response_ms_total, last_activity_at}'::text[]),
    ('auditor', 'agents', 'SELECT', '{tenant_id, id, project_id, user_id, name, email, type, status, role, active, permissions, virtual_metadata, last_login_at, created_at, updated_at, deleted_at, version}'::text[]),
    ('auditor', 'billing_accounts', 'SELECT', '{user_id, id, name, stripe_customer_id, payment_status, payment_methods, billing_email, suspended_at, suspension_reason, created_at, updated_at, deleted_at, version}'::text[]),
    ('auditor', 'broadcast_counters', 'SELECT', '{tenant_id, broadcast_id, slot, total_contacts, sent_count, failed_count, skipped_count}'::text[]),
    ('auditor', 'broadcast_executions', 'SELECT', '{tenant_id, broadcast_id, contact_id, status, message_id, error, queued_at, sent_at, created_at, updated_at}'::text[]),
    ('auditor', 'broadcasts', 'SELECT', '{tenant_id, id, name, list_id, message_template, status, scheduled_for, started_at, completed_at, failure_reason, rate_limit, created_at, updated_at, version, channel_id}'::text[]),
    ('auditor', 'campaign_counters', 'SELECT', '{tenant_id, campaign_id, slot, contacts_reached, conversions_count}'::text[]),
    ('auditor', 'campaign_enrollments', 'SELECT', '{tenant_id, id, version, campaign_id, contact_id, channel_id, status, step_position, next_scheduled_at, waiting_for, postponements, completed_at, exited_at, exit_reason, created_at, updated_at}'::text[]),
    ('auditor', 'campaign_steps', 'SELECT', '{tenant_id, id, campaign_id, position, name, type, config, conditions, created_at}'::text[]),
    ('auditor', 'campaigns', 'SELECT', '{tenant_id, id, name, description, status, goal_type, goal_value, start_date, end_date, created_at, updated_at, version}'::text[]),
    ('auditor', 'channel_counters', 'SELECT', '{tenant_id, channel_id, slot, messages_received, messages_sent, last_message_at}'::text[]),
    ('auditor', 'channel_routes', 'SELECT', '{tenant_id, platform, external_id, channel_id, webhook_id}'::text[]),
    ('auditor', 'channels', 'SELECT', '{tenant_id, id, user_id, project_id, name, type, status, external_id, connection_mode, webhook_id, webhook_url, webhook_configured_at, webhook_active, pipeline_id, session_timeout_minutes, ai_enabled, ai_agents_enabled, allow_groups, tracking_enabled, debounce_timeout_ms, last_error_at, last_error, history_import_enabled, history_import_status, history_import_stats, history_import_correlation_id, last_import_date, history_import_max_days, history_import_max_messages_per_chat, default_agent_id, custom_field_definitions, created_at, updated_at, deleted_at, version, suspended_from}'::text[]),
    ('auditor', 'chat_participants', 'SELECT', '{tenant_id, chat_id, participant_id, participant_type, contact_id, agent_id, joined_at, is_admin}'::text[]),
    ('auditor', 'chats', 'SELECT', '{tenant_id, id, project_id, chat_type, individual_contact_id, external_id, subject, description, status, metadata, label_ids, last_message_at, created_at, updated_at, deleted_at, version}'::text[]),
    ('auditor', 'contact_custom_fields', 'SELECT', '{tenant_id, id, contact_id, field_key, field_type, field_value, field_value_hash, created_at, updated_at, deleted_at}'::text[]),
    ('auditor', 'contact_identities', 'SELECT', '{tenant_id, project_id, lid, phone, contact_id, paired_at}'::text[]),
    ('auditor', 'contact_list_counters', 'SELECT', '{tenant_id, contact_list_id, slot, members}'::text[]),
    ('auditor', 'contact_list_filters', 'SELECT', '{tenant_id, contact_list_id, id, position, filter_type, operator, field_key, field_type, value, pipeline_id, created_at}'::text[]),
    ('auditor', 'contact_list_members', 'SELECT', '{tenant_id, contact_list_id, contact_id, added_at}'::text[]),
    ('auditor', 'contact_lists', 'SELECT', '{tenant_id, id, project_id, name, description, logical_operator, is_static, contact_count, last_calculated_at, created_at, updated_at, deleted_at, version}'::text[]),
    ('auditor', 'contacts', 'SELECT', '{tenant_id, id, project_id, name, email, phone, external_id, source_channel, language, timezone, tags, profile_picture_url, profile_picture_fetched_at, first_interaction_at, last_interaction_at, created_at, updated_at, deleted_at, version, merged_into}'::text[]),
    ('auditor', 'credential_refreshes', 'SELECT', '{tenant_id, credential_id, lease_id, leased_until, failures}'::text[]),
    ('auditor', 'credential_uses', 'SELECT', '{tenant_id, credential_id, slot, last_used_at}'::text[]),
    ('auditor', 'credentials', 'SELECT', '{tenant_id, id, project_id, credential_type, name, description, oauth_token_type, expires_at, metadata, is_active, created_at, updated_at, version}'::text[]),
    ('auditor', 'message_sends', 'SELECT', '{tenant_id, message_id, attempt, began_at, ended_at, outcome, reason, channel_message_id}'::text[]),
    ('auditor', 'messages', 'SELECT', '{tenant_id, id, timestamp, user_id, project_id, contact_id, channel_id, channel_type_id, chat_id, session_id, from_me, content_type, text, media_url, media_mimetype, channel_message_id, reply_to_id, status, language, agent_id, source, metadata, mentions, delivered_at, read_at, played_at, created_at, updated_at, deleted_at, edited_at, revoked_at}'::text[]),
    ('auditor', 'pipeline_custom_fields', 'SELECT', '{tenant_id, id, pipeline_id, field_key, field_type, field_value, created_at, updated_at}'::text[]),
    ('auditor', 'pipeline_statuses', 'SELECT', '{tenant_id, id, pipeline_id, name, description, color, status_type, position, active, created_at, updated_at, deleted_at, version}'::text[]),
    ('auditor', 'pipelines', 'SELECT', '{tenant_id, id, project_id, name, description, color, position, active, session_timeout_minutes, lead_qualification, enable_ai_summary, ai_provider, ai_model, created_at, updated_at, deleted_at, version}'::text[]),
    ('auditor', 'placements', 'SELECT', '{tenant_id, id, contact_id, pipeline_id, status_id, entered_at, exited_at, duration_seconds, changed_by, reason, notes, created_at, updated_at}'::text[]),
    ('auditor', 'projects', 'SELECT', '{tenant_id, id, user_id, billing_account_id, name, description, configuration, active, session_timeout_minutes, agent_assignment, created_at, updated_at, deleted_at, version, suspended_at}'::text[]),
    ('auditor', 'sequence_counters', 'SELECT', '{tenant_id, sequence_id, slot, total_enrolled, completed_count, exited_count}'::text[]),
    ('auditor', 'sequence_enrollments', 'SELECT', '{tenant_id, id, version, sequence_id, contact_id, channel_id, status, step_position, next_scheduled_at, postponements, completed_at, exited_at, exit_reason, created_at, updated_at}'::text[]),
    ('auditor', 'sequence_steps', 'SELECT', '{tenant_id, id, sequence_id, position, name, delay_amount, delay_unit, message_template, conditions, created_at}'::text[]),
    ('auditor', 'sequences', 'SELECT', '{tenant_id, id, name, description, status, trigger_type, trigger_data, exit_on_reply, created_at, updated_at, version}'::text[]),
    ('auditor', 'sessions', 'SELECT', '{tenant_id, id, contact_id, channel_type_id, pipeline_id, started_at, ended_at, status, end_reason, timeout, last_activity_at, message_count, messages_from_contact, messages_from_agent, duration_seconds, first_contact_message_at, first_agent_response_at, agent_response_time_seconds, contact_wait_time_seconds, agent_ids, agent_transfers, summary, sentiment, sentiment_score, topics, next_steps, outcome_tags, key_entities, resolved, escalated, converted, created_at, updated_at, deleted_at, version}'::text[]),
    ('auditor', 'users', 'SELECT', '{id, email, role, created_at}'::text[]),
    ('auditor', 'webhook_counters', 'SELECT', '{tenant_id, webhook_subscription_id, slot, success_count, failure_count, last_success_at, last_failure_at}'::text[]),
    ('auditor', 'webhook_subscriptions', 'SELECT', '{tenant_id, id, user_id, project_id, name, origin, events, subscribe_contact_events, contact_event_types, contact_event_categories, active, retry_count, timeout_seconds, created_at, updated_at, deleted_at, version}'::text[])
    -- end
), of_application (schema) AS (
    SELECT to_regnamespace(name)::oid FROM (VALUES
        -- for each schema, with "," between: ('{name}')
        ('public')
        -- end
    ) AS declared (name) WHERE to_regnamespace(name) IS NOT NULL
), declared (name, oid) AS MATERIALIZED (
    SELECT name, to_regclass(name)::oid
      FROM (SELECT table_name FROM granted UNION SELECT 'public.ventros_migrations') AS one (name)
     WHERE to_regclass(name) IS NOT NULL
), part (oid) AS (
    -- A partition, or a child, has policies of its own: its parent's do not hold for it.
    SELECT inhrelid FROM pg_inherits JOIN declared ON declared.oid = inhparent
    UNION
    SELECT inhrelid FROM pg_inherits JOIN part ON part.oid = inhparent
), reading (oid) AS (
    -- Views of the tables, and views of these.
    SELECT ev_class
      FROM pg_rewrite
      JOIN pg_depend ON classid = 'pg_rewrite'::regclass AND objid = pg_rewrite.oid
      JOIN declared ON declared.oid = refobjid AND declared.oid <> ev_class
    UNION
    SELECT ev_class
      FROM pg_rewrite
      JOIN pg_depend ON classid = 'pg_rewrite'::regclass AND objid = pg_rewrite.oid
      JOIN reading ON reading.oid = refobjid AND reading.oid <> ev_class
), allowed AS MATERIALIZED (
    SELECT kind, declared.oid, privilege, columns FROM granted JOIN declared ON declared.name = table_name
), reach AS (
    -- Itself, and every role whose privileges it has or may take. A superuser reaches all: that is said once.
    SELECT ours.kind, ours.rolname AS subject, ours.oid AS own, role.oid, role.rolname AS via, role.rolsuper,
           role.rolbypassrls, role.rolcreaterole, role.rolcreatedb, role.rolreplication,
           -- The membership of its own that leads there.
           (SELECT string_agg(format('REVOKE %I FROM %I;', pg_get_userbyid(roleid), ours.rolname), ' ' ORDER BY roleid)
              FROM (SELECT DISTINCT roleid FROM pg_auth_members
                     WHERE member = ours.oid AND (roleid = role.oid OR pg_has_role(roleid, role.oid, 'MEMBER'))) AS edge)
           AS leave
      FROM ours
      JOIN pg_roles AS role ON role.oid = ours.oid
        OR NOT ours.rolsuper AND pg_has_role(ours.oid, role.oid, 'MEMBER')
), power (kind, subject, rank, finding, mend) AS (
    -- The owner of tables is no superuser either, but may make roles, and be a member of those that it made.
    SELECT kind, subject, 1,
           CASE WHEN own = oid THEN '' ELSE format('may become %s, which ', via) END
           || concat_ws(', ',
                  CASE WHEN rolsuper THEN 'is a superuser: it passes every policy and every privilege' END,
                  CASE WHEN rolbypassrls AND NOT rolsuper
                       THEN 'has BYPASSRLS: it sees and writes the rows of every tenant' END,
                  CASE WHEN rolcreaterole AND kind <> 'owner' AND NOT rolsuper THEN 'may make roles (CREATEROLE)' END,
                  CASE WHEN rolcreatedb AND kind <> 'owner' AND NOT rolsuper THEN 'may make databases (CREATEDB)' END,
                  CASE WHEN rolreplication AND NOT rolsuper THEN 'may copy the server (REPLICATION)' END),
           CASE WHEN own = oid THEN format('ALTER ROLE %I NOSUPERUSER NOBYPASSRLS%s NOREPLICATION;', subject,
                                           CASE WHEN kind = 'owner' THEN '' ELSE ' NOCREATEROLE NOCREATEDB' END)
                ELSE leave END
      FROM reach
     WHERE rolsuper OR rolbypassrls OR rolreplication OR kind <> 'owner' AND (rolcreaterole OR rolcreatedb)
    UNION ALL
    SELECT reach.kind, subject, 2, format('is a member of %s: %s', via, reason), leave
      FROM reach
     CROSS JOIN LATERAL (
           SELECT CASE
               WHEN via = 'pg_database_owner' OR own = reach.oid THEN NULL
               WHEN reach.kind = 'owner' THEN
                    CASE WHEN via IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
                         THEN 'it may leave the database'
                         WHEN via IN (SELECT rolname FROM ours WHERE kind NOT IN ('owner', 'app'))
                              AND pg_has_role(own, reach.oid, 'USAGE') THEN 'it sees the rows of every tenant' END
               WHEN reach.kind = 'auditor' AND via IN ('pg_monitor', 'pg_read_all_stats', 'pg_read_all_settings',
                                                       'pg_stat_scan_tables') THEN NULL
               WHEN EXISTS (SELECT FROM ours WHERE ours.oid NOT IN (own, reach.oid)
                               AND pg_has_role(own, ours.oid, 'MEMBER') AND pg_has_role(ours.oid, reach.oid, 'MEMBER'))
                 THEN NULL  -- which is said of the role between
               WHEN via ~ '^pg_' THEN 'no statement needs what the server gives to that role'
               WHEN via IN (SELECT rolname FROM ours) THEN 'it may do what that may, and is shown what that is'
               WHEN EXISTS (SELECT FROM pg_class WHERE relowner = reach.oid AND pg_class.oid IN (SELECT oid FROM declared))
                 THEN 'it owns tables of the application'
           END AS reason) AS judged
     WHERE reason IS NOT NULL
    UNION ALL
    SELECT kind, subject, 3,
           format('owns %s', string_agg(pg_describe_object(classid, objid, objsubid), ', '
                                        ORDER BY pg_describe_object(classid, objid, objsubid))),
           format('REASSIGN OWNED BY %I TO %I;', subject,
                  coalesce((SELECT rolname FROM ours WHERE kind = 'owner'), 'postgres'))
      FROM reach
      JOIN pg_shdepend ON refclassid = 'pg_authid'::regclass AND refobjid = reach.oid AND deptype = 'o'
       AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
     WHERE own = oid AND kind <> 'owner'
     GROUP BY kind, subject
), object (class, oid, name, owner, acl) AS (
    SELECT 'TABLE', oid, oid::regclass::text, relowner, relacl FROM pg_class
     WHERE oid IN (SELECT oid FROM declared UNION SELECT oid FROM part)
    UNION ALL
    SELECT 'SEQUENCE', oid, oid::regclass::text, relowner, relacl FROM pg_class
     WHERE relkind = 'S' AND EXISTS (SELECT FROM pg_depend
                                      WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid
                                        AND refobjid IN (SELECT oid FROM declared))
    UNION ALL
    -- What a view reads, it reads as its owner, unless it says security_invoker.
    SELECT 'TABLE', oid, oid::regclass::text, relowner, relacl FROM pg_class
     WHERE oid IN (SELECT oid FROM reading) AND relkind IN ('v', 'm')
       AND NOT coalesce(reloptions, '{}') && '{security_invoker=true,security_invoker=on,security_invoker=1}'
    UNION ALL
    SELECT 'SCHEMA', oid, quote_ident(nspname), nspowner, coalesce(nspacl, acldefault('n', nspowner))
      FROM pg_namespace WHERE oid IN (SELECT schema FROM of_application) OR nspname = 'pg_catalog'
    UNION ALL
    SELECT 'DATABASE', oid, quote_ident(datname), datdba, coalesce(datacl, acldefault('d', datdba))
      FROM pg_database WHERE datname = current_database()
    UNION ALL
    -- One that runs as its owner, who passes the policies or owns the tables.
    SELECT CASE prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, pg_proc.oid, pg_proc.oid::regprocedure::text, proowner, coalesce(proacl, acldefault('f', proowner))
      FROM pg_proc JOIN pg_roles AS role ON role.oid = proowner
     WHERE prosecdef AND pronamespace <> 'pg_catalog'::regnamespace
       AND (rolsuper OR rolbypassrls OR pg_has_role(proowner, (SELECT oid FROM ours WHERE kind = 'owner'), 'MEMBER'))
       AND NOT EXISTS (SELECT FROM pg_depend
                        WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
    UNION ALL
    SELECT 'PARAMETER', oid, quote_ident(parname), 10, paracl FROM pg_parameter_acl
    UNION ALL
    SELECT 'TABLESPACE', oid, quote_ident(spcname), spcowner, spcacl FROM pg_tablespace
    UNION ALL
    SELECT 'FOREIGN SERVER', oid, quote_ident(srvname), srvowner, srvacl FROM pg_foreign_server
    UNION ALL
    SELECT 'FOREIGN DATA WRAPPER', oid, quote_ident(fdwname), fdwowner, fdwacl FROM pg_foreign_data_wrapper
), catalog (class, oid, name, owner, acl, initial, column_name) AS (
    -- What the server itself brings, where more is granted on it than at its beginning.
    SELECT 'FUNCTION', oid, oid::regprocedure::text, proowner, proacl, coalesce(initprivs, acldefault('f', proowner)), NULL::name
      FROM pg_proc LEFT JOIN pg_init_privs ON classoid = 'pg_proc'::regclass AND objoid = oid
     WHERE pronamespace = 'pg_catalog'::regnamespace AND proacl IS NOT NULL AND proacl IS DISTINCT FROM initprivs
    UNION ALL
    SELECT 'TABLE', oid, oid::regclass::text, relowner, relacl, coalesce(initprivs, acldefault('r', relowner)), NULL
      FROM pg_class LEFT JOIN pg_init_privs ON classoid = 'pg_class'::regclass AND objoid = oid AND objsubid = 0
     WHERE relnamespace = 'pg_catalog'::regnamespace AND relacl IS NOT NULL AND relacl IS DISTINCT FROM initprivs
    UNION ALL
    SELECT 'TABLE', oid, oid::regclass::text, relowner, attacl, coalesce(initprivs, acldefault('c', relowner)), attname
      FROM pg_class JOIN pg_attribute ON attrelid = oid AND attacl IS NOT NULL
      LEFT JOIN pg_init_privs ON classoid = 'pg_class'::regclass AND objoid = oid AND objsubid = attnum
     WHERE relnamespace = 'pg_catalog'::regnamespace AND attacl IS DISTINCT FROM initprivs
), entry AS (
    SELECT class, object.oid, name, owner, NULL::name AS column_name, granted.*
      FROM object, aclexplode(acl) AS granted
    UNION ALL
    SELECT class, catalog.oid, name, owner, column_name, granted.*
      FROM catalog, aclexplode(acl) AS granted
     WHERE (grantee, privilege_type) NOT IN (SELECT first.grantee, first.privilege_type FROM aclexplode(initial) AS first)
    UNION ALL
    SELECT class, object.oid, name, owner, attname, granted.*
      FROM object
      JOIN pg_attribute ON attrelid = object.oid AND class = 'TABLE' AND NOT attisdropped, aclexplode(attacl) AS granted
), held AS (
    -- Of the roles that it reaches, those above are told once; the owner's own are no news.
    SELECT kind, subject, via, leave, entry.*
      FROM reach
      JOIN entry ON grantee = reach.oid AND grantee <> entry.owner
     WHERE kind <> 'owner' AND NOT rolsuper
       AND (own = reach.oid OR via !~ '^pg_' AND via NOT IN (SELECT rolname FROM ours))
    UNION ALL
    SELECT 'public', 'PUBLIC', 'PUBLIC', NULL, entry.*
      FROM entry
     WHERE grantee = 0
       AND (class IN ('TABLE', 'SEQUENCE', 'SCHEMA', 'DATABASE', 'PARAMETER')
            -- A function that runs as somebody else, where one of ours comes to its schema.
            OR oid IN (SELECT oid FROM pg_proc
                        WHERE pronamespace IN (SELECT schema FROM of_application UNION SELECT 'pg_catalog'::regnamespace)
                           OR EXISTS (SELECT FROM ours WHERE kind <> 'owner' AND NOT rolsuper
                                         AND has_schema_privilege(ours.oid, pronamespace, 'USAGE'))))
), excess AS (
    SELECT held.*, NOT needed AS forbidden
      FROM held
     CROSS JOIN LATERAL (
           SELECT CASE class
               WHEN 'TABLE' THEN EXISTS (
                    SELECT FROM allowed
                     WHERE allowed.kind = held.kind AND allowed.oid = held.oid AND privilege = privilege_type
                       AND (columns = '{}' OR column_name = ANY (columns)))
               WHEN 'SCHEMA' THEN privilege_type = 'USAGE'
               WHEN 'SEQUENCE' THEN held.kind = 'auditor' AND privilege_type = 'SELECT'  -- for number_ranges
               WHEN 'DATABASE' THEN privilege_type = 'CONNECT'
               ELSE false END AS needed) AS judged
     WHERE NOT needed OR is_grantable
), future AS (
    SELECT coalesce(reach.subject, 'PUBLIC') AS subject, coalesce(reach.kind, 'public') AS kind,
           coalesce(reach.via, 'PUBLIC') AS via, defaclrole, defaclnamespace, privilege_type,
           CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
                              WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END AS objects
      FROM pg_default_acl
     CROSS JOIN aclexplode(defaclacl) AS granted
      LEFT JOIN reach ON reach.oid = grantee AND reach.kind <> 'owner'
     WHERE (grantee = 0 AND defaclobjtype NOT IN ('f', 'T') OR reach.oid IS NOT NULL) AND grantee <> defaclrole
       AND (defaclnamespace = 0 OR defaclnamespace IN (SELECT schema FROM of_application))
), grouped AS (
    SELECT subject, via, leave, class, name, forbidden, pg_get_userbyid(grantor) AS grantor, grantor = owner AS by_owner,
           string_agg(privilege, ', ' ORDER BY privilege) AS privileges, bool_or(passes_on) AS passes_on
      FROM (SELECT subject, via, leave, class, name, forbidden, grantor, owner, bool_or(is_grantable) AS passes_on,
                   privilege_type || coalesce(' (' || string_agg(quote_ident(column_name), ', ' ORDER BY column_name) || ')', '')
                   AS privilege
              FROM excess
             GROUP BY subject, via, leave, class, name, forbidden, grantor, owner, privilege_type, column_name IS NULL
           ) AS one
     GROUP BY subject, via, leave, class, name, forbidden, grantor, owner
), fault (subject, rank, finding, mend) AS (
    SELECT subject, rank, finding, mend FROM power
    UNION ALL
    SELECT subject, 4,
           format('may %s%s on the %s %s%s', CASE WHEN forbidden THEN '' ELSE 'pass on ' END, privileges, lower(class), name,
                  CASE WHEN via = subject THEN '' ELSE ', by way of ' || via END),
           CASE WHEN via <> subject THEN leave
                ELSE format(CASE WHEN by_owner THEN '%s' ELSE 'SET ROLE %2$I; %1$s RESET ROLE;' END,
                            format('REVOKE %s%s ON %s %s FROM %s%s;', CASE WHEN forbidden THEN '' ELSE 'GRANT OPTION FOR ' END,
                                   privileges, class, name, CASE via WHEN 'PUBLIC' THEN via ELSE quote_ident(via) END,
                                   CASE WHEN passes_on THEN ' CASCADE' ELSE '' END), grantor) END
      FROM grouped
    UNION ALL
    SELECT subject, 5,
           format('will have %s on %s that %s makes%s%s', string_agg(privilege_type, ', ' ORDER BY privilege_type),
                  lower(objects), pg_get_userbyid(defaclrole), ' in the schema ' || nullif(defaclnamespace, 0)::regnamespace,
                  CASE WHEN via = subject THEN '' ELSE ', by way of ' || via END),
           format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s REVOKE %s ON %s FROM %s;', pg_get_userbyid(defaclrole),
                  ' IN SCHEMA ' || nullif(defaclnamespace, 0)::regnamespace,
                  string_agg(privilege_type, ', ' ORDER BY privilege_type), objects,
                  CASE via WHEN 'PUBLIC' THEN via ELSE quote_ident(via) END)
      FROM future
     GROUP BY subject, via, objects, defaclrole, defaclnamespace
    UNION ALL
    SELECT rolname, 6,
           CASE WHEN setting ~ '^search_path=' THEN format('looks for tables in another schema before public: %s', setting)
                ELSE format('begins its sessions with %s, which only a transaction may say', setting) END,
           CASE WHEN setdatabase = 0 THEN format('ALTER ROLE %s RESET %s;', CASE setrole WHEN 0 THEN 'ALL' ELSE quote_ident(rolname) END,
                                                 split_part(setting, '=', 1))
                WHEN setrole = 0 THEN format('ALTER DATABASE %I RESET %s;', current_database(), split_part(setting, '=', 1))
                ELSE format('ALTER ROLE %I IN DATABASE %I RESET %s;', rolname, current_database(),
                            split_part(setting, '=', 1)) END
      FROM ours
      JOIN pg_db_role_setting ON setrole IN (0, ours.oid)
       AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
     CROSS JOIN unnest(setconfig) AS setting
     WHERE kind <> 'owner'
       AND (setting ~ '^search_path=' AND setting !~ '^search_path=("\$user", *)?public *(,|$)'
            OR setting ~ '^(app\.|role=|session_replication_role=|row_security=)')
    UNION ALL
    SELECT rolname, 7, format('looks for tables in the schema %I, which has its name, before public', nspname),
           format('ALTER ROLE %I SET search_path = public;', rolname)
      FROM ours
      JOIN pg_namespace ON nspname = rolname
     WHERE kind <> 'owner' AND NOT EXISTS (SELECT FROM pg_db_role_setting WHERE setrole = ours.oid AND setdatabase = 0
                                            AND 'search_path=public' = ANY (setconfig))
    UNION ALL
    SELECT name, 8, format('does not exist: which role is the %s?', kind),
           format('SET ventros.%s = ''…''; and ask again; or ventros migrate roles, which makes it', kind)
      FROM kind
     WHERE name NOT IN (SELECT rolname FROM ours)
)
SELECT subject, format('%s %s', CASE subject WHEN 'PUBLIC' THEN 'everybody' ELSE 'the role ' || subject END, finding) AS finding,
       CASE subject WHEN 'PUBLIC' THEN 'SELECT oid::regclass, relacl FROM pg_class WHERE relacl::text ~ ''[{,]=''; '
                                       'SELECT datname, datacl FROM pg_database WHERE datname = current_database();'
            ELSE format('SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles '
                        'WHERE rolname = %1$L; SELECT roleid::regrole FROM pg_auth_members WHERE member = to_regrole(%2$L); '
                        'SELECT pg_describe_object(classid, objid, objsubid), deptype FROM pg_shdepend '
                        'WHERE refobjid = to_regrole(%2$L) AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = '
                        'current_database()));', subject, quote_ident(subject)) END AS see,
       mend
  FROM fault
 ORDER BY rank, subject, finding;
