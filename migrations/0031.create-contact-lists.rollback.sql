DROP TABLE IF EXISTS contact_list_members;
DROP TABLE IF EXISTS contact_list_filters;
DROP TABLE IF EXISTS contact_lists;
