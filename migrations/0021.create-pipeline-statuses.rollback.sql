DROP TABLE IF EXISTS pipeline_statuses;
