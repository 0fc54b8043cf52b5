DROP TABLE IF EXISTS billing_accounts;
