DROP TABLE IF EXISTS contact_identities;
