DROP TABLE IF EXISTS expected_events;
