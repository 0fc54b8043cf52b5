DROP TABLE IF EXISTS channel_routes;
DROP TABLE IF EXISTS channel_counters;
DROP TABLE IF EXISTS channels;
