-- The primary key alone.
DO $$
DECLARE each regclass;
BEGIN
    FOR each IN SELECT indexrelid FROM pg_index
                 WHERE indrelid IN ('contacts'::regclass, 'sessions'::regclass) AND NOT indisprimary LOOP
        EXECUTE format('DROP INDEX %s', each);
    END LOOP;
END $$;
