-- name:  version_guards
-- kind:  findings
-- why:   a version guard refuses every UPDATE that does not step the version by one, psql's included. Where it
--        is missing or switched off, a hand-made write goes past optimistic locking, and nobody's save notices.
-- role:  any that may connect
-- read:  one row for each aggregate table of the application that is missing or without a version, or whose guard
--        is missing, off, or weaker than it was made; and one when the function behind the guards is.
-- mend:  run what stands in mend, as the owner of the tables. It takes a lock that holds writers up for a
--        moment.
-- blind: it sees the guard as it is now. What was written while it was off is seen by outbox_versions, if it
--        changed the version; a change that left the version as it was leaves no trace outside the row's
--        history.
WITH aggregate (name) AS (
    VALUES
    -- for each versioned table, with "," between: ('{name}')
    ('agents'),
    ('billing_accounts'),
    ('broadcasts'),
    ('campaigns'),
    ('channels'),
    ('chats'),
    ('contact_lists'),
    ('contacts'),
    ('credentials'),
    ('pipeline_statuses'),
    ('pipelines'),
    ('projects'),
    ('sequences'),
    ('sessions'),
    ('webhook_subscriptions')
    -- end
), guard AS (
    SELECT trigger.tgrelid, trigger.tgenabled,
           -- 19 is BEFORE UPDATE FOR EACH ROW; tgattr lists the columns of an UPDATE OF.
           trigger.tgtype = 19 AND trigger.tgattr = ''
           AND pg_get_triggerdef(trigger.oid)
               ~* 'WHEN \(\(new\.version IS DISTINCT FROM \(old\.version \+ 1\)\)\)' AS whole
      FROM pg_trigger AS trigger
      JOIN pg_proc AS function ON function.oid = trigger.tgfoid
     WHERE trigger.tgname = 'version_guard' AND function.proname = 'ventros_version_guard'
), fault AS (
    SELECT aggregate.name,
           CASE WHEN relation.oid IS NULL THEN 'is missing'
                WHEN version.attname IS NULL THEN 'has no column version integer NOT NULL DEFAULT 1'
                WHEN guard.tgrelid IS NULL THEN 'has no version guard'
                WHEN NOT guard.whole THEN 'has a version guard that lets some updates pass'
                WHEN guard.tgenabled NOT IN ('O', 'A') THEN 'has its version guard switched off'
           END AS text,
           (SELECT attnum FROM pg_attribute WHERE attrelid = relation.oid AND attname = 'version') AS attnum
      FROM aggregate
      LEFT JOIN pg_class AS relation ON relation.oid = to_regclass(aggregate.name)
      LEFT JOIN pg_attribute AS version
        ON version.attrelid = relation.oid AND version.attname = 'version' AND version.atttypid = 'integer'::regtype
       AND version.attnotnull
       AND (SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef
             WHERE adrelid = version.attrelid AND adnum = version.attnum) = '1'
      LEFT JOIN guard ON guard.tgrelid = relation.oid
)
SELECT name AS subject,
       CASE WHEN text = 'is missing' THEN format('the table %s is missing', name)
            ELSE format('the table %s %s', name, text) END AS finding,
       format('SELECT tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = to_regclass(%L);',
              name) AS see,
       CASE WHEN text LIKE '%switched off'
            THEN format('ALTER TABLE %s ENABLE TRIGGER version_guard;', name)
            WHEN text LIKE '%guard%'
            THEN format('CREATE OR REPLACE TRIGGER version_guard BEFORE UPDATE ON %s FOR EACH ROW WHEN '
                        '(NEW.version IS DISTINCT FROM OLD.version + 1) EXECUTE FUNCTION ventros_version_guard(); '
                        'ALTER TABLE %s ENABLE TRIGGER version_guard;', name, name)
            WHEN text LIKE '%column version%' AND attnum IS NOT NULL
            THEN format('ALTER TABLE %s ALTER COLUMN version SET DEFAULT 1, ALTER COLUMN version SET NOT NULL;', name)
            ELSE 'ventros migrate, or restore the table from a backup if it was there before' END AS mend
  FROM fault
 WHERE text IS NOT NULL
UNION ALL
SELECT 'ventros_version_guard()', 'the function behind the version guards no longer refuses anything',
       'SELECT prosrc FROM pg_proc WHERE proname = ''ventros_version_guard'';',
       'run the CREATE OR REPLACE FUNCTION ventros_version_guard of '
       'migrations/kernel/0001.create-tenant-and-version-functions.sql'
  FROM pg_proc
 WHERE oid = to_regproc('ventros_version_guard')
   AND prosrc !~ '^\s*BEGIN\s+RAISE EXCEPTION '
 ORDER BY 1;
