-- What years do to a table, in seconds: single versioned updates, each a transaction of its own, of rows drawn
-- at random, as a message that comes in updates them. No client, and no waiting for the disk.
CREATE PROCEDURE bench_age_contacts(number_of_rows integer, updates integer) LANGUAGE plpgsql AS $$
DECLARE chosen uuid; loaded integer;
BEGIN
    FOR each IN 1..updates LOOP
        chosen := bench_id(1 + floor(random() * number_of_rows)::bigint);
        SELECT version INTO loaded FROM contacts WHERE tenant_id = 'bench' AND id = chosen;
        UPDATE contacts
           SET last_interaction_at = clock_timestamp(), updated_at = clock_timestamp(), version = version + 1
         WHERE tenant_id = 'bench' AND id = chosen AND version = loaded;
        COMMIT;
    END LOOP;
END $$;

CREATE PROCEDURE bench_age_sessions(number_of_rows integer, updates integer) LANGUAGE plpgsql AS $$
DECLARE chosen uuid; loaded integer;
BEGIN
    FOR each IN 1..updates LOOP
        chosen := bench_id(100000000001 + floor(random() * number_of_rows)::bigint);
        SELECT version INTO loaded FROM sessions WHERE tenant_id = 'bench' AND id = chosen;
        UPDATE sessions
           SET message_count = message_count + 1, messages_from_contact = messages_from_contact + 1,
               last_activity_at = clock_timestamp(), updated_at = clock_timestamp(), version = version + 1
         WHERE tenant_id = 'bench' AND id = chosen AND version = loaded;
        COMMIT;
    END LOOP;
END $$;
