-- Refused while history is enabled: ventros history disable.
DROP FUNCTION IF EXISTS ventros_record_history();
DROP FUNCTION IF EXISTS ventros_history_row(anyelement, text[]);
DROP FUNCTION IF EXISTS ventros_history_value(text, jsonb, text[]);
DROP TABLE IF EXISTS aggregate_history;
DROP FUNCTION IF EXISTS ventros_history_append_only();
