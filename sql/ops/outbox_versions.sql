-- name:  outbox_versions
-- kind:  findings
-- weight: high
-- means: A consumer was not told of a change, or was told of one that is not stored.
-- why:   every step of an aggregate's version leaves at least one event, numbered from 1, in the same
--        transaction. So the outbox holds each aggregate's versions from 1 to its row's without a gap, and
--        after a removal one more, <aggregate>.removed. What breaks that was written, or deleted, past the
--        library.
-- role:  the auditor, ventros_auditor, or a superuser. Whom row-level security confines is refused: empty
--        settings stand for no tenant and no user.
-- read:  one row for each aggregate at fault, ten to a table; SET ventros.most = '1000' for
--        more. It reads the outbox and the tables of the aggregates once, whole.
-- steps: SET ventros.after = 'tenant id' and ventros.upto bound it to the aggregates behind the first up to the second,
--        in the order of tenant and id; ventros audit asks so, some 50,000 events at a time.
-- walk:  outbox_events (tenant_id, aggregate_id)
-- mend:  as a superuser. It announces each missing version as <aggregate>.touched, so that consumers load the
--        aggregate anew. A row is never set back to a version that somebody may hold.
-- blind: a change with the version guard off that left the version as it was; the last of several events of one
--        version, deleted; entities without a version; what is older than the first version that is left, where
--        ventros prune has come past that one.
SET app.tenant_id = '';
SET app.user_id = '';
WITH aggregate (aggregate_type, name, owner) AS (
    VALUES
    -- for each versioned table, with "," between: ('{resource}', '{name}', '{column}')
    ('agent', 'agents', 'tenant_id'),
    ('billing_account', 'billing_accounts', 'user_id'),
    ('broadcast', 'broadcasts', 'tenant_id'),
    ('campaign_enrollment', 'campaign_enrollments', 'tenant_id'),
    ('campaign', 'campaigns', 'tenant_id'),
    ('channel', 'channels', 'tenant_id'),
    ('chat', 'chats', 'tenant_id'),
    ('contact_list', 'contact_lists', 'tenant_id'),
    ('contact', 'contacts', 'tenant_id'),
    ('credential', 'credentials', 'tenant_id'),
    ('pipeline_status', 'pipeline_statuses', 'tenant_id'),
    ('pipeline', 'pipelines', 'tenant_id'),
    ('project', 'projects', 'tenant_id'),
    ('sequence_enrollment', 'sequence_enrollments', 'tenant_id'),
    ('sequence', 'sequences', 'tenant_id'),
    ('session', 'sessions', 'tenant_id'),
    ('webhook_subscription', 'webhook_subscriptions', 'tenant_id')
    -- end
), bound AS MATERIALIZED (
    -- Without bounds from before the first tenant, the empty one, to behind the last: none begins with an omega.
    SELECT split_part(after, ' ', 1) AS after_tenant, split_part(after, ' ', 2)::uuid AS after_id,
           split_part(upto, ' ', 1) AS upto_tenant, split_part(upto, ' ', 2)::uuid AS upto_id
      FROM coalesce(nullif(current_setting('ventros.after', true), ''), ' 00000000-0000-0000-0000-000000000000') AS after,
           coalesce(nullif(current_setting('ventros.upto', true), ''),
                    chr(969) || ' ffffffff-ffff-ffff-ffff-ffffffffffff') AS upto
), stored (aggregate_type, tenant_id, id, version) AS (
    -- for each versioned table, with " UNION ALL" between: SELECT '{resource}', {tenant}, id, version FROM {name} WHERE ({tenant}, id) > (SELECT after_tenant, after_id FROM bound) AND ({tenant}, id) <= (SELECT upto_tenant, upto_id FROM bound)
    SELECT 'agent', tenant_id, id, version FROM agents WHERE (tenant_id, id) > (SELECT after_tenant, after_id FROM bound) AND (tenant_id, id) <= (SELECT upto_tenant, upto_id FROM bound) UNION ALL
    SELECT 'billing_account', 'user:' || user_id, id, version FROM billing_accounts WHERE ('user:' || user_id, id) > (SELECT after_tenant, after_id FROM bound) AND ('user:' || user_id, id) <= (SELECT upto_tenant, upto_id FROM bound) UNION ALL
    SELECT 'broadcast', tenant_id, id, version FROM broadcasts WHERE (tenant_id, id) > (SELECT after_tenant, after_id FROM bound) AND (tenant_id, id) <= (SELECT upto_tenant, upto_id FROM bound) UNION ALL
    SELECT 'campaign_enrollment', tenant_id, id, version FROM campaign_enrollments WHERE (tenant_id, id) > (SELECT after_tenant, after_id FROM bound) AND (tenant_id, id) <= (SELECT upto_tenant, upto_id FROM bound) UNION ALL
    SELECT 'campaign', tenant_id, id, version FROM campaigns WHERE (tenant_id, id) > (SELECT after_tenant, after_id FROM bound) AND (tenant_id, id) <= (SELECT upto_tenant, upto_id FROM bound) UNION ALL
    SELECT 'channel', tenant_id, id, version FROM channels WHERE (tenant_id, id) > (SELECT after_tenant, after_id FROM bound) AND (tenant_id, id) <= (SELECT upto_tenant, upto_id FROM bound) UNION ALL
    SELECT 'chat', tenant_id, id, version FROM chats WHERE (tenant_id, id) > (SELECT after_tenant, after_id FROM bound) AND (tenant_id, id) <= (SELECT upto_tenant, upto_id FROM bound) UNION ALL
    SELECT 'contact_list', tenant_id, id, version FROM contact_lists WHERE (tenant_id, id) > (SELECT after_tenant, after_id FROM bound) AND (tenant_id, id) <= (SELECT upto_tenant, upto_id FROM bound) UNION ALL
    SELECT 'contact', tenant_id, id, version FROM contacts WHERE (tenant_id, id) > (SELECT after_tenant, after_id FROM bound) AND (tenant_id, id) <= (SELECT upto_tenant, upto_id FROM bound) UNION ALL
    SELECT 'credential', tenant_id, id, version FROM credentials WHERE (tenant_id, id) > (SELECT after_tenant, after_id FROM bound) AND (tenant_id, id) <= (SELECT upto_tenant, upto_id FROM bound) UNION ALL
    SELECT 'pipeline_status', tenant_id, id, version FROM pipeline_statuses WHERE (tenant_id, id) > (SELECT after_tenant, after_id FROM bound) AND (tenant_id, id) <= (SELECT upto_tenant, upto_id FROM bound) UNION ALL
    SELECT 'pipeline', tenant_id, id, version FROM pipelines WHERE (tenant_id, id) > (SELECT after_tenant, after_id FROM bound) AND (tenant_id, id) <= (SELECT upto_tenant, upto_id FROM bound) UNION ALL
    SELECT 'project', tenant_id, id, version FROM projects WHERE (tenant_id, id) > (SELECT after_tenant, after_id FROM bound) AND (tenant_id, id) <= (SELECT upto_tenant, upto_id FROM bound) UNION ALL
    SELECT 'sequence_enrollment', tenant_id, id, version FROM sequence_enrollments WHERE (tenant_id, id) > (SELECT after_tenant, after_id FROM bound) AND (tenant_id, id) <= (SELECT upto_tenant, upto_id FROM bound) UNION ALL
    SELECT 'sequence', tenant_id, id, version FROM sequences WHERE (tenant_id, id) > (SELECT after_tenant, after_id FROM bound) AND (tenant_id, id) <= (SELECT upto_tenant, upto_id FROM bound) UNION ALL
    SELECT 'session', tenant_id, id, version FROM sessions WHERE (tenant_id, id) > (SELECT after_tenant, after_id FROM bound) AND (tenant_id, id) <= (SELECT upto_tenant, upto_id FROM bound) UNION ALL
    SELECT 'webhook_subscription', tenant_id, id, version FROM webhook_subscriptions WHERE (tenant_id, id) > (SELECT after_tenant, after_id FROM bound) AND (tenant_id, id) <= (SELECT upto_tenant, upto_id FROM bound)
    -- end
), event AS (
    SELECT aggregate_type, tenant_id, aggregate_id, event_name, aggregate_version AS version, sequence,
           coalesce(lag(aggregate_version) OVER earlier,
                    CASE WHEN (transaction_id, position) <= (
                                  SELECT transaction_id, position FROM outbox_consumers WHERE name = 'retention')
                         THEN aggregate_version - 1 ELSE 0 END) AS version_before,
           lag(sequence) OVER earlier AS sequence_before,
           NOT last_of_version AND lead(aggregate_version) OVER earlier IS DISTINCT FROM aggregate_version AS cut_off
      FROM outbox_events
      JOIN aggregate USING (aggregate_type)
     WHERE aggregate_version IS NOT NULL
       AND (tenant_id, aggregate_id) > (SELECT after_tenant, after_id FROM bound)
       AND (tenant_id, aggregate_id) <= (SELECT upto_tenant, upto_id FROM bound)
       -- For the planner, which would else take a key that leads to the tenant alone.
       AND aggregate_id >= (SELECT CASE after_tenant WHEN upto_tenant THEN after_id
                                   ELSE '00000000-0000-0000-0000-000000000000' END FROM bound)
       AND aggregate_id <= (SELECT CASE after_tenant WHEN upto_tenant THEN upto_id
                                   ELSE 'ffffffff-ffff-ffff-ffff-ffffffffffff' END FROM bound)
    WINDOW earlier AS (
           PARTITION BY aggregate_type, tenant_id, aggregate_id ORDER BY aggregate_version, sequence)
), checked AS (
    SELECT *,
           CASE WHEN version > version_before + 2 THEN format('lacks versions %s to %s', version_before + 1, version - 1)
                WHEN version > version_before + 1 THEN format('lacks version %s', version - 1)
                WHEN version = version_before AND sequence = sequence_before
                THEN format('has event %s of version %s twice', sequence, version)
                WHEN sequence <> CASE version WHEN version_before THEN sequence_before + 1 ELSE 1 END
                THEN format('lacks an event of version %s before its event %s', version, sequence)
                WHEN cut_off THEN format('lacks an event of version %s behind its event %s', version, sequence)
           END AS gap
      FROM event
), announced AS (
    SELECT aggregate_type, tenant_id, aggregate_id AS id, min(version_before) + 1 AS first, max(version) AS version,
           max(version) FILTER (WHERE event_name = aggregate_type || '.removed') = max(version) AS removed,
           count(gap) AS gaps, (array_agg(gap ORDER BY version, sequence) FILTER (WHERE gap IS NOT NULL))[1] AS gap
      FROM checked
     GROUP BY aggregate_type, tenant_id, aggregate_id
), compared AS (
    SELECT name, aggregate_type, id, stored.version AS row_version, gaps, gap,
           tenant_id, format('tenant_id = %L AND ', tenant_id) AS of_tenant, coalesce(first, 1) AS first,
           -- In the table; what belongs to a user has its events and its history under user:<id>.
           CASE WHEN owner = 'tenant_id' THEN format('tenant_id = %L AND ', tenant_id)
                WHEN tenant_id LIKE 'user:%' THEN format('user_id = %L AND ', substr(tenant_id, 6)) END AS of_row,
           CASE WHEN stored.version IS NULL AND removed THEN NULL
                WHEN stored.version IS NULL THEN format('has no row, and the outbox no %s.removed', aggregate_type)
                WHEN removed THEN 'has a row, and the outbox says that it was removed'
                WHEN stored.version < 1 THEN format('is at version %s, and versions begin with 1', stored.version)
                WHEN announced.version IS NULL
                THEN format('is at version %s, and the outbox has no event of it', stored.version)
                WHEN stored.version > announced.version
                THEN format('is at version %s, and the outbox ends at version %s', stored.version, announced.version)
                WHEN stored.version < announced.version
                THEN format('is at version %s, and the outbox goes on to version %s', stored.version, announced.version)
           END AS fault,
           CASE WHEN stored.version IS NULL THEN 'was removed' ELSE format('is at version %s', stored.version) END AS state,
           -- The version to end at. A thousand versions at once are a slip of the hand: they are not announced.
           CASE WHEN stored.version IS NULL AND removed THEN announced.version
                WHEN stored.version IS NULL OR removed THEN announced.version + 1
                WHEN stored.version > coalesce(announced.version, 0) + 1000 THEN coalesce(announced.version, 0) + 1
                ELSE greatest(stored.version, announced.version, 1) END AS target,
           CASE WHEN stored.version IS NULL AND removed IS NOT TRUE THEN 'removed' ELSE 'touched' END AS verb
      FROM stored
      FULL JOIN announced USING (aggregate_type, tenant_id, id)
      JOIN aggregate USING (aggregate_type)
), ranked AS (
    SELECT *, count(*) OVER (PARTITION BY name) AS at_fault,
           row_number() OVER (PARTITION BY name ORDER BY tenant_id, id) AS nth,
           coalesce(nullif(current_setting('ventros.most', true), ''), '10')::integer AS most
      FROM compared
     WHERE fault IS NOT NULL OR gaps > 0
)
SELECT CASE WHEN nth > most THEN name ELSE format('%s %s', name, id) END AS subject,
       CASE WHEN nth > most THEN format('%s more of %s are at fault, such as this one', at_fault - most, name)
            ELSE concat_ws('; ', format('the %s %s', aggregate_type, coalesce(fault, state)), 'the outbox ' || gap,
                           CASE WHEN gaps > 1 THEN format('and it has %s gaps more', gaps - 1) END) END AS finding,
       format('SELECT id, version FROM %1$s WHERE %2$sid = %3$L; SELECT aggregate_version, sequence, event_name, '
              'occurred_at FROM outbox_events WHERE %4$saggregate_type = %5$L AND aggregate_id = %3$L ORDER BY 1, 2;',
              name, of_row, id, of_tenant, aggregate_type) AS see,
       concat('BEGIN; ',
              CASE WHEN row_version <> target THEN format(
                  'SET LOCAL session_replication_role = replica; UPDATE %s SET version = %s WHERE %sid = %L AND '
                  'version = %s; ', name, target, of_row, id, row_version) END,
              format('INSERT INTO outbox_events (tenant_id, event_id, event_name, event_version, occurred_at, '
                     'aggregate_type, aggregate_id, aggregate_version, sequence, last_of_version, payload) '
                     'SELECT %1$L, gen_random_uuid(), %2$s, ''v1'', now(), %3$L, %4$L, v, s, s = places, jsonb_build_object(%5$L, %4$L) '
                     'FROM generate_series(%8$s, %6$s) AS v, LATERAL (SELECT coalesce(max(sequence + (NOT last_of_version)::int), 1) AS places '
                     'FROM outbox_events WHERE %7$saggregate_type = %3$L AND aggregate_id = %4$L AND aggregate_version = v) AS known, '
                     'generate_series(1, places) AS s WHERE NOT EXISTS (SELECT FROM outbox_events '
                     'WHERE %7$saggregate_type = %3$L AND aggregate_id = %4$L AND aggregate_version = v AND sequence = s); COMMIT;',
                     tenant_id,
                     CASE verb WHEN 'touched' THEN quote_literal(aggregate_type || '.touched')
                          ELSE format('CASE v WHEN %s THEN %L ELSE %L END', target, aggregate_type || '.' || verb,
                                      aggregate_type || '.touched') END,
                     aggregate_type, id, aggregate_type || '_id', target, of_tenant, first),
              CASE verb WHEN 'removed' THEN ' -- or restore the row from a backup' END) AS mend
  FROM ranked
 WHERE nth <= most + 1
 ORDER BY name, nth;
