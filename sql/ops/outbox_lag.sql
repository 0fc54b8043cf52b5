-- name:  outbox_lag
-- kind:  look
-- why:   how much a reader of the outbox must not see yet, and since when: events whose transaction is not
--        below the oldest that still runs. long_transactions says which one that is.
-- role:  the auditor, ventros_auditor, or a superuser: see outbox_versions
-- read:  one row for each tenant, most held back first. readable is what a reader may take by now, held_back
--        what is committed and must wait, oldest_held_back when the oldest of that took place. It reads the
--        outbox once, whole.
-- mend:  end what long_transactions finds.
SET app.tenant_id = '';
SELECT tenant_id,
       count(*) FILTER (WHERE transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint) AS readable,
       max(position) FILTER (WHERE transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint) AS readable_up_to,
       count(*) FILTER (WHERE transaction_id >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint) AS held_back,
       min(occurred_at) FILTER (WHERE transaction_id >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint) AS oldest_held_back
  FROM outbox_events
 GROUP BY tenant_id
 ORDER BY held_back DESC, readable DESC, tenant_id;
