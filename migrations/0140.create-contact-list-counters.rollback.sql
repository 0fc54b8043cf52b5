DROP TABLE IF EXISTS contact_list_counters;
