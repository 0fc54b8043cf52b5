DROP TABLE IF EXISTS contact_custom_fields;
