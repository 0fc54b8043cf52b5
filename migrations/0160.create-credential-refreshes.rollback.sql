DROP TABLE IF EXISTS credential_refreshes;
