DROP TABLE IF EXISTS webhook_counters;
DROP TABLE IF EXISTS webhook_subscriptions;
