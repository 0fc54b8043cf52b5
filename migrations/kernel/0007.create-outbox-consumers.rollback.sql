DROP TABLE IF EXISTS outbox_consumers;
