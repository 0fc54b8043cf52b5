DROP TABLE IF EXISTS sequence_counters;
DROP TABLE IF EXISTS sequence_steps;
DROP TABLE IF EXISTS sequences;
