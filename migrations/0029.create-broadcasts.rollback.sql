DROP TABLE IF EXISTS broadcast_counters;
DROP TABLE IF EXISTS broadcasts;
