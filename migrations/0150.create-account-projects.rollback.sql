DROP TABLE IF EXISTS account_projects;
