-- name:  lock_waits
-- kind:  look
-- why:   who waits for a lock, for how long, and for whom
-- role:  a superuser, or one with pg_read_all_stats: others' texts are not shown to the rest
-- read:  one row for each session that waits and each session that it waits for, longest first. The name of a
--        statement stands at the end of its text. A blocker that is "idle in transaction" has forgotten to
--        commit.
-- mend:  SELECT pg_cancel_backend(blocked_by); ends its statement, pg_terminate_backend its session.
SELECT waiting.pid, clock_timestamp() - waiting.query_start AS waits, waiting.wait_event AS lock,
       waiting.usename AS role, substring(waiting.query FROM '/\* ([^*]+) \*/\s*$') AS statement,
       blocker.pid AS blocked_by, blocker.usename AS their_role, blocker.state AS their_state,
       clock_timestamp() - blocker.xact_start AS their_transaction,
       coalesce(substring(blocker.query FROM '/\* ([^*]+) \*/\s*$'), left(blocker.query, 60)) AS their_last_statement
  FROM pg_stat_activity AS waiting
 CROSS JOIN unnest(pg_blocking_pids(waiting.pid)) AS by (pid)
  LEFT JOIN pg_stat_activity AS blocker ON blocker.pid = by.pid
 WHERE waiting.wait_event_type = 'Lock'
 ORDER BY waits DESC, waiting.pid, blocked_by;
