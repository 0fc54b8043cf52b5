DROP TABLE IF EXISTS credential_uses;
DROP TABLE IF EXISTS credentials;
