-- name:  durability
-- kind:  findings
-- weight: high
-- means: What was committed may be lost or torn in a crash.
-- why:   with these settings, what was committed and acknowledged may be lost or torn when the machine goes down, or
--        what the storage has damaged is passed over in silence, outbox and rows alike, and nobody is told.
-- role:  any that may connect
-- read:  one row for each of fsync, full_page_writes, synchronous_commit and data_checksums that is off, and of
--        zero_damaged_pages, ignore_checksum_failure and ignore_invalid_pages that is on, on the server or for a
--        role or database. Servers for tests and rehearsals are often set so on purpose: they
--        are not durable.
-- mend:  run what stands in mend, as a superuser.
-- blind: a session or transaction that turns synchronous_commit off for itself. Whether a disk, a controller
--        or a file system really writes what it is told to flush: pg_test_fsync tells. A file system that never
--        tears a page, such as ZFS, does without full_page_writes.
WITH danger (name, state, consequence, mend) AS (
    VALUES
    ('data_checksums', 'off', 'a page that the storage has damaged is read as if it were whole',
     'stop the server; pg_checksums --enable -D "$PGDATA"; start it'),
    ('fsync', 'off', 'a crash of the machine may leave the data inconsistent beyond repair', NULL),
    ('full_page_writes', 'off', 'a page that was half written in a crash of the machine cannot be restored', NULL),
    ('synchronous_commit', 'off', 'what was committed within the last moments before a crash is lost', NULL),
    ('zero_damaged_pages', 'on', 'a page that the storage has damaged is emptied, and its rows are gone', NULL),
    ('ignore_checksum_failure', 'on', 'a page that the storage has damaged is read as if it were whole', NULL),
    ('ignore_invalid_pages', 'on', 'recovery goes on past pages that are missing or damaged', NULL)
), own AS (
    SELECT role.rolname, base.datname, split_part(setting, '=', 1) AS name, split_part(setting, '=', 2) AS value
      FROM pg_db_role_setting
     CROSS JOIN unnest(setconfig) AS setting
      LEFT JOIN pg_roles AS role ON role.oid = setrole
      LEFT JOIN pg_database AS base ON base.oid = setdatabase
     WHERE setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
)
SELECT name AS subject, format('%s is %s: %s', name, state, consequence) AS finding, format('SHOW %s;', name) AS see,
       coalesce(mend, format('ALTER SYSTEM SET %s = %s; SELECT pg_reload_conf();', name, CASE state WHEN 'off' THEN 'on' ELSE 'off' END)) AS mend
  FROM danger
  JOIN pg_settings USING (name)
 WHERE reset_val = state AND source NOT IN ('global', 'database', 'user', 'database user')
UNION ALL
SELECT format('%s of %s', name, concat_ws(' in ', rolname, datname)),
       format('%s is %s for %s: %s', name, state,
              concat_ws(' in ', 'the role ' || rolname, 'the database ' || datname), consequence),
       'SELECT setdatabase, setrole::regrole, setconfig FROM pg_db_role_setting;',
       CASE WHEN rolname IS NULL AND datname IS NULL THEN format('ALTER ROLE ALL RESET %I;', name)
            WHEN rolname IS NULL THEN format('ALTER DATABASE %I RESET %I;', datname, name)
            WHEN datname IS NULL THEN format('ALTER ROLE %I RESET %I;', rolname, name)
            ELSE format('ALTER ROLE %I IN DATABASE %I RESET %I;', rolname, datname, name) END
  FROM own
  JOIN danger USING (name)
 WHERE lower(value) = ANY (CASE state WHEN 'off' THEN ARRAY['off', 'false', 'no', '0'] ELSE ARRAY['on', 'true', 'yes', '1'] END)
 ORDER BY 1;
