DROP TABLE IF EXISTS commit_markers;
