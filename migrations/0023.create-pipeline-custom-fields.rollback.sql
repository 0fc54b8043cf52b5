DROP TABLE IF EXISTS pipeline_custom_fields;
