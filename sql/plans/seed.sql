-- 20,000 rows in every table of the CRM, from the table seat of sql/kernel/plans/seed.sql, which is run before, in the
-- same session. A tenant has one project, so most of the 20,000 have nothing else.

INSERT INTO users (id, email)
SELECT pg_temp.id('user', n), 'user' || n || '@example.org' FROM seat;

INSERT INTO billing_accounts (id, user_id, name, stripe_customer_id, payment_status, payment_methods, billing_email,
                              suspended_at, created_at, updated_at, deleted_at)
SELECT pg_temp.id('billing_account', n), pg_temp.id('user', parent), 'Account', 'cus_' || n,
       CASE WHEN place < 3 THEN 'active' WHEN place = 3 THEN 'suspended' ELSE 'pending' END, '[]',
       'billing@example.org', CASE WHEN place = 3 THEN at END, at, at, deleted_at
  FROM seat;

INSERT INTO projects (tenant_id, id, user_id, billing_account_id, name, description, configuration, active,
                      session_timeout_minutes, agent_assignment, created_at, updated_at, deleted_at)
SELECT 'tenant-' || n, pg_temp.id('project', n), pg_temp.id('user', parent), pg_temp.id('billing_account', n), 'Project',
       '', '{}', true, 30, '{}', at, at, CASE WHEN n > 40 THEN deleted_at END
  FROM seat;

INSERT INTO account_projects (tenant_id, project_id, user_id, billing_account_id)
SELECT tenant_id, id, user_id, billing_account_id FROM projects;

INSERT INTO pipelines (tenant_id, id, project_id, name, description, position, active, enable_ai_summary, created_at,
                       updated_at, deleted_at)
SELECT tenant_id, pg_temp.id('pipeline', n), pg_temp.id('project', owner), 'Pipeline ' || n, '', place, place < 4,
       false, at, at, deleted_at
  FROM seat;

INSERT INTO pipeline_statuses (tenant_id, id, pipeline_id, name, description, status_type, position, active,
                               created_at, updated_at, deleted_at)
SELECT tenant_id, pg_temp.id('pipeline_status', n), pg_temp.id('pipeline', parent), 'Status ' || place, '',
       CASE place WHEN 0 THEN 'open' WHEN 4 THEN 'closed' ELSE 'active' END, place, n % 10 > 0, at, at, deleted_at
  FROM seat;

INSERT INTO pipeline_custom_fields (tenant_id, id, pipeline_id, field_key, field_type, field_value, created_at,
                                    updated_at)
SELECT tenant_id, pg_temp.id('pipeline_custom_field', n), pg_temp.id('pipeline', parent), 'field_' || place, 'text',
       to_jsonb('value ' || n % 50), at, at
  FROM seat;

INSERT INTO agents (tenant_id, id, project_id, user_id, name, email, type, status, role, active, config, permissions,
                    settings, created_at, updated_at, deleted_at)
SELECT tenant_id, pg_temp.id('agent', n), pg_temp.id('project', owner), CASE WHEN place < 3 THEN pg_temp.id('user', n) END,
       'Agent ' || n % 700, 'agent' || n || '@example.org', CASE WHEN place < 3 THEN 'human' ELSE 'bot' END,
       CASE WHEN place = 0 THEN 'available' ELSE 'offline' END,
       CASE WHEN place < 3 THEN 'human_agent' ELSE 'channel_bot' END, n % 10 > 0, '{}', '{}', '{}', at, at, deleted_at
  FROM seat;

INSERT INTO channels (tenant_id, id, user_id, project_id, name, type, status, external_id, config, secrets, connection_mode,
                      webhook_id, webhook_active, pipeline_id, ai_enabled, ai_agents_enabled, allow_groups,
                      tracking_enabled, debounce_timeout_ms, history_import_enabled, history_import_status,
                      default_agent_id, custom_field_definitions, created_at, updated_at, deleted_at)
SELECT tenant_id, pg_temp.id('channel', n), pg_temp.id('user', parent), pg_temp.id('project', owner), 'Channel ' || n,
       CASE WHEN place < 3 THEN 'waha' ELSE 'telegram' END,
       (ARRAY['active', 'active', 'inactive', 'disconnected', 'error'])[1 + n % 5], 'phone-' || n, '{}',
       CASE WHEN deleted_at IS NULL THEN 'v1.key-2.' || repeat('A', 16) || '.' || repeat('A', 32) END, 'manual',
       'hook-' || n, place = 0, CASE WHEN place < 4 THEN pg_temp.id('pipeline', n) END, false, false, true, true,
       15000, false, 'idle', pg_temp.id('agent', n), '{}', at, at, deleted_at
  FROM seat;

INSERT INTO channel_routes (tenant_id, platform, external_id, channel_id, webhook_id)
SELECT tenant_id, 'waha', 'phone-' || n, pg_temp.id('channel', n), 'hook-' || n FROM seat;

INSERT INTO contacts (tenant_id, id, project_id, name, email, phone, external_id, source_channel, language, tags,
                      first_interaction_at, last_interaction_at, created_at, updated_at, deleted_at)
SELECT tenant_id, pg_temp.id('contact', n), pg_temp.id('project', owner), 'Contact ' || n,
       CASE WHEN place = 0 THEN 'contact' || n || '@example.org' END,
       CASE WHEN n % 20 > 0 THEN '+55' || 11900000000 + n END, 'ext-' || n,
       (ARRAY['whatsapp', 'whatsapp', 'instagram', 'telegram', NULL])[1 + n % 5],
       (ARRAY['pt', 'pt', 'en', 'es'])[1 + n % 4], ARRAY['tag ' || n % 30, 'tag ' || n % 7],
       at, at + interval '1 day', at, at + interval '1 day', deleted_at
  FROM seat;

INSERT INTO contact_custom_fields (tenant_id, id, contact_id, field_key, field_type, field_value, created_at,
                                   updated_at, deleted_at)
SELECT tenant_id, pg_temp.id('contact_custom_field', n), pg_temp.id('contact', parent), 'field_' || place, 'text',
       to_jsonb('value ' || n % 50), at, at, deleted_at
  FROM seat;

INSERT INTO contact_identities (tenant_id, project_id, lid, phone, contact_id, paired_at)
SELECT tenant_id, pg_temp.id('project', owner), 797000000000000 + n,
       CASE WHEN n % 20 > 0 THEN '+55' || 11900000000 + n END, pg_temp.id('contact', n), at
  FROM seat;

INSERT INTO placements (tenant_id, id, contact_id, pipeline_id, status_id, entered_at, exited_at, duration_seconds,
                        created_at, updated_at)
SELECT tenant_id, pg_temp.id('placement', n), pg_temp.id('contact', parent), pg_temp.id('pipeline', few),
       pg_temp.id('pipeline_status', status), at, CASE WHEN place < 4 THEN at + interval '1 hour' END,
       CASE WHEN place < 4 THEN 3600 END, at, at
  FROM seat;

INSERT INTO contact_lists (tenant_id, id, project_id, name, logical_operator, is_static, contact_count, created_at,
                           updated_at, deleted_at)
SELECT tenant_id, pg_temp.id('contact_list', n), pg_temp.id('project', owner), 'List ' || n, 'AND', n % 2 = 0, 0, at,
       at, deleted_at
  FROM seat;

INSERT INTO contact_list_filters (tenant_id, contact_list_id, id, position, filter_type, operator, field_key, value,
                                  created_at)
SELECT tenant_id, pg_temp.id('contact_list', parent), pg_temp.id('filter', n), place, 'tag', 'eq', 'tag', '"tag 1"', at
  FROM seat;

INSERT INTO contact_list_members (tenant_id, contact_list_id, contact_id, added_at)
SELECT tenant_id, pg_temp.id('contact_list', few), pg_temp.id('contact', n), at FROM seat;

INSERT INTO contact_list_counters (tenant_id, contact_list_id, slot, members)
SELECT tenant_id, pg_temp.id('contact_list', n), 0, 1 FROM seat;

INSERT INTO chats (tenant_id, id, project_id, chat_type, individual_contact_id, external_id, subject, status, metadata,
                   label_ids, last_message_at, created_at, updated_at, deleted_at)
SELECT tenant_id, pg_temp.id('chat', n), pg_temp.id('project', owner), CASE WHEN place < 3 THEN 'individual' ELSE 'group' END,
       CASE WHEN place < 3 THEN pg_temp.id('contact', n) END, 'chat-' || n, CASE WHEN place >= 3 THEN 'Group ' || n END,
       (ARRAY['active', 'active', 'active', 'archived', 'closed'])[1 + n % 5], '{}', '{}', at, at, at, deleted_at
  FROM seat;

INSERT INTO chat_participants (tenant_id, chat_id, participant_id, participant_type, joined_at, is_admin)
SELECT tenant_id, pg_temp.id('chat', parent), pg_temp.id(CASE WHEN place = 4 THEN 'agent' ELSE 'contact' END, n),
       CASE WHEN place = 4 THEN 'agent' ELSE 'contact' END, at, place = 0
  FROM seat;

INSERT INTO sessions (tenant_id, id, contact_id, channel_type_id, pipeline_id, started_at, ended_at, status,
                      end_reason, timeout, last_activity_at, message_count, messages_from_contact,
                      messages_from_agent, duration_seconds, agent_ids, agent_transfers, topics, next_steps,
                      outcome_tags, key_entities, resolved, escalated, converted, created_at, updated_at, deleted_at)
SELECT tenant_id, pg_temp.id('session', n), pg_temp.id('contact', parent), 1 + n % 3, pg_temp.id('pipeline', few), at,
       CASE WHEN place < 4 THEN at + interval '1 hour' END, CASE WHEN place < 4 THEN 'ended' ELSE 'active' END,
       CASE WHEN place < 4 THEN 'inactivity_timeout' END, interval '30 minutes', at + interval '10 minutes', 5, 3, 2,
       CASE WHEN place < 4 THEN 3600 ELSE 0 END, '{}', 0, '{}', '{}', '{}', '{}', place = 0, n % 50 = 0, n % 20 = 0,
       at, at, deleted_at
  FROM seat;

INSERT INTO messages (tenant_id, id, "timestamp", user_id, project_id, contact_id, channel_id, channel_type_id, chat_id,
                      session_id, from_me, content_type, text, channel_message_id, status, source, metadata, mentions,
                      created_at, updated_at, deleted_at)
SELECT tenant_id, pg_temp.id('message', n), at, pg_temp.id('user', owner), pg_temp.id('project', owner),
       pg_temp.id('contact', parent), pg_temp.id('channel', few), 1, pg_temp.id('chat', parent),
       pg_temp.id('session', parent), place % 2 = 1, 'text', 'Hello', 'wamid-' || n,
       (ARRAY['read', 'read', 'read', 'delivered', 'failed'])[1 + n % 5], 'manual', '{}', '{}', at, at, deleted_at
  FROM seat;

INSERT INTO message_sends (tenant_id, message_id, attempt, began_at, ended_at, outcome)
SELECT tenant_id, pg_temp.id('message', n), 1, at, CASE WHEN n % 20 > 0 THEN at END, CASE WHEN n % 20 > 0 THEN 'sent' END
  FROM seat;

INSERT INTO credentials (tenant_id, id, project_id, credential_type, name, description, secret, oauth_access_token,
                         oauth_token_type, expires_at, metadata, is_active, created_at, updated_at)
SELECT tenant_id, pg_temp.id('credential', n), CASE WHEN place < 4 THEN pg_temp.id('project', owner) END,
       (ARRAY['meta_ads', 'google_ads', 'google_analytics', 'webhook_auth', 'api_key'])[1 + place], 'Credential ' || n,
       '', 'v1.key-2.' || repeat('A', 16) || '.' || repeat('A', 32),
       CASE WHEN place < 3 THEN 'v1.key-2.' || repeat('A', 16) || '.' || repeat('A', 32) END,
       CASE WHEN place < 3 THEN 'Bearer' END, CASE WHEN place < 3 THEN at END, '{}', n % 5 > 0, at, at
  FROM seat;

INSERT INTO webhook_subscriptions (tenant_id, id, user_id, project_id, name, url, origin, events,
                                   subscribe_contact_events, active, retry_count, timeout_seconds, created_at, updated_at, deleted_at)
SELECT tenant_id, pg_temp.id('webhook', n), pg_temp.id('user', owner), pg_temp.id('project', owner), 'Hook ' || n,
       CASE WHEN deleted_at IS NULL THEN 'v1.key-2.' || repeat('A', 16) || '.' || repeat('A', 32) END,
       'https://example.org', ARRAY['message.' || n % 40, 'contact.*'], place = 0, n % 5 > 0, 3, 10, at, at, deleted_at
  FROM seat;

INSERT INTO campaigns (tenant_id, id, name, description, status, goal_type, goal_value, start_date, end_date,
                       created_at, updated_at)
SELECT tenant_id, pg_temp.id('campaign', n), 'Campaign ' || n, '',
       (ARRAY['draft', 'scheduled', 'active', 'completed', 'completed'])[1 + n % 5], 'conversions', 100, at,
       at + interval '7 days', at, at
  FROM seat;

INSERT INTO campaign_steps (tenant_id, id, campaign_id, position, name, type, config, conditions, created_at)
SELECT tenant_id, pg_temp.id('campaign_step', n), pg_temp.id('campaign', parent), place, 'Step', 'delay', '{}', '[]', at
  FROM seat;

INSERT INTO sequences (tenant_id, id, name, description, status, trigger_type, trigger_data, exit_on_reply, created_at,
                       updated_at)
SELECT tenant_id, pg_temp.id('sequence', n), 'Sequence ' || n, '',
       (ARRAY['draft', 'active', 'paused', 'archived', 'archived'])[1 + n % 5],
       (ARRAY['manual', 'tag_added', 'tag_added', 'list_joined', 'pipeline_entered'])[1 + n % 5], '{}', true, at, at
  FROM seat;

INSERT INTO sequence_steps (tenant_id, id, sequence_id, position, name, delay_amount, delay_unit, message_template,
                            conditions, created_at)
SELECT tenant_id, pg_temp.id('sequence_step', n), pg_temp.id('sequence', parent), place, 'Step', 1, 'days', '{}', '[]', at
  FROM seat;

INSERT INTO campaign_enrollments (tenant_id, id, campaign_id, contact_id, channel_id, status, step_position,
                                  next_scheduled_at, postponements, completed_at, exited_at, exit_reason, created_at,
                                  updated_at)
SELECT tenant_id, pg_temp.id('campaign_enrollment', n), pg_temp.id('campaign', few), pg_temp.id('contact', n),
       pg_temp.id('channel', parent), (ARRAY['active', 'active', 'paused', 'completed', 'exited'])[1 + n % 5], place,
       CASE WHEN n % 5 < 3 THEN at END, 0, CASE WHEN n % 5 = 3 THEN at END, CASE WHEN n % 5 = 4 THEN at END,
       CASE WHEN n % 5 = 4 THEN 'replied' END, at, at
  FROM seat;

INSERT INTO sequence_enrollments (tenant_id, id, sequence_id, contact_id, channel_id, status, step_position,
                                  next_scheduled_at, postponements, completed_at, exited_at, exit_reason, created_at,
                                  updated_at)
SELECT tenant_id, pg_temp.id('sequence_enrollment', n), pg_temp.id('sequence', few), pg_temp.id('contact', n),
       pg_temp.id('channel', parent), (ARRAY['active', 'active', 'paused', 'completed', 'exited'])[1 + n % 5], place,
       CASE WHEN n % 5 < 3 THEN at END, 0, CASE WHEN n % 5 = 3 THEN at END, CASE WHEN n % 5 = 4 THEN at END,
       CASE WHEN n % 5 = 4 THEN 'replied' END, at, at
  FROM seat;

INSERT INTO broadcasts (tenant_id, id, name, list_id, channel_id, message_template, status, scheduled_for, started_at,
                        completed_at, rate_limit, created_at, updated_at)
SELECT tenant_id, pg_temp.id('broadcast', n), 'Broadcast ' || n, pg_temp.id('contact_list', parent),
       pg_temp.id('channel', parent), '{}',
       (ARRAY['draft', 'scheduled', 'completed', 'completed', 'cancelled'])[1 + n % 5], at, at,
       CASE WHEN n % 5 IN (2, 3) THEN at END, 60, at, at
  FROM seat;

-- Most are done with, as those of a broadcast that has gone far.
INSERT INTO broadcast_executions (tenant_id, broadcast_id, contact_id, status, message_id, error, queued_at, sent_at,
                                  created_at, updated_at)
SELECT tenant_id, pg_temp.id('broadcast', few), pg_temp.id('contact', n), status,
       CASE WHEN status IN ('sending', 'sent', 'failed') THEN pg_temp.id('message', n) END,
       CASE WHEN status IN ('failed', 'skipped') THEN 'why' END,
       CASE WHEN status IN ('sending', 'sent', 'failed') THEN at END, CASE WHEN status = 'sent' THEN at END, at, at
  FROM (SELECT tenant_id, few, n, at, (ARRAY['pending', 'sending', 'skipped', 'failed', 'pending'])[1 + n % 40] AS early
          FROM seat) AS drawn, LATERAL (SELECT coalesce(early, 'sent') AS status) AS chosen;

INSERT INTO agent_counters (tenant_id, agent_id, slot, sessions_handled, last_activity_at)
SELECT tenant_id, pg_temp.id('agent', parent), place, 7, at FROM seat;
INSERT INTO broadcast_counters (tenant_id, broadcast_id, slot, sent_count)
SELECT tenant_id, pg_temp.id('broadcast', parent), place, 7 FROM seat;
INSERT INTO campaign_counters (tenant_id, campaign_id, slot, contacts_reached)
SELECT tenant_id, pg_temp.id('campaign', parent), place, 7 FROM seat;
INSERT INTO channel_counters (tenant_id, channel_id, slot, messages_sent, last_message_at)
SELECT tenant_id, pg_temp.id('channel', parent), place, 7, at FROM seat;
INSERT INTO credential_uses (tenant_id, credential_id, slot, last_used_at)
SELECT tenant_id, pg_temp.id('credential', parent), place, at FROM seat;
INSERT INTO credential_refreshes (tenant_id, credential_id, lease_id, leased_until, failures)
SELECT tenant_id, pg_temp.id('credential', n), pg_temp.id('lease', n), at, n % 3 FROM seat;
INSERT INTO sequence_counters (tenant_id, sequence_id, slot, total_enrolled)
SELECT tenant_id, pg_temp.id('sequence', parent), place, 7 FROM seat;
INSERT INTO webhook_counters (tenant_id, webhook_subscription_id, slot, success_count, last_success_at)
SELECT tenant_id, pg_temp.id('webhook', parent), place, 7, at FROM seat;

