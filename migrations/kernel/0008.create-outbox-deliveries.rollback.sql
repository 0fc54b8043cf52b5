DROP TABLE IF EXISTS outbox_queues;
DROP TABLE IF EXISTS outbox_deliveries;
