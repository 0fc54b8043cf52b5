DROP TABLE IF EXISTS contact_pipeline_statuses;
