DROP TABLE IF EXISTS service.answers;
