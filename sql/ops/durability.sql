-- name:  durability
-- kind:  findings
-- weight: high
-- means: What was committed may be lost or torn in a crash.
-- why:   with these settings off, what was committed and acknowledged may be lost or torn when the machine goes
--        down, outbox and rows alike, and nobody is told.
-- role:  any that may connect
-- read:  one row for each of fsync, full_page_writes, synchronous_commit and data_checksums that is off, on the
--        server or for a role or database. Servers for tests and rehearsals are often set so on purpose: they
--        are not durable.
-- mend:  run what stands in mend, as a superuser.
-- blind: a session or transaction that turns synchronous_commit off for itself. Whether a disk, a controller
--        or a file system really writes what it is told to flush: pg_test_fsync tells. A file system that never
--        tears a page, such as ZFS, does without full_page_writes.
SELECT setting.name AS subject,
       format('%s is off: %s', setting.name, consequence) AS finding,
       format('SHOW %s;', setting.name) AS see,
       mend
  FROM (VALUES
       ('data_checksums', 'a page that the storage has damaged is read as if it were whole',
        'stop the server; pg_checksums --enable -D "$PGDATA"; start it'),
       ('fsync', 'a crash of the machine may leave the data inconsistent beyond repair',
        'ALTER SYSTEM SET fsync = on; SELECT pg_reload_conf();'),
       ('full_page_writes', 'a page that was half written in a crash of the machine cannot be restored',
        'ALTER SYSTEM SET full_page_writes = on; SELECT pg_reload_conf();'),
       ('synchronous_commit', 'what was committed within the last moments before a crash is lost',
        'ALTER SYSTEM SET synchronous_commit = on; SELECT pg_reload_conf();')
       ) AS setting (name, consequence, mend)
 WHERE (SELECT reset_val FROM pg_settings WHERE pg_settings.name = setting.name) = 'off'
UNION ALL
SELECT format('synchronous_commit of %s', concat_ws(' in ', role.rolname, base.datname)),
       format('synchronous_commit is off for %s: what it commits within the last moments before a crash is lost',
              concat_ws(' in ', 'the role ' || role.rolname, 'the database ' || base.datname)),
       'SELECT setdatabase, setrole::regrole, setconfig FROM pg_db_role_setting;',
       CASE WHEN role.rolname IS NULL THEN format('ALTER DATABASE %I RESET synchronous_commit;', base.datname)
            WHEN base.datname IS NULL THEN format('ALTER ROLE %I RESET synchronous_commit;', role.rolname)
            ELSE format('ALTER ROLE %I IN DATABASE %I RESET synchronous_commit;', role.rolname, base.datname) END
  FROM pg_db_role_setting AS own
  LEFT JOIN pg_roles AS role ON role.oid = own.setrole
  LEFT JOIN pg_database AS base ON base.oid = own.setdatabase
 WHERE own.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
   AND EXISTS (SELECT FROM unnest(own.setconfig) AS setting WHERE setting ~* '^synchronous_commit=(off|false|no|0)$')
 ORDER BY 1;
