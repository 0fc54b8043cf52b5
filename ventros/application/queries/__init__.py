"""Questions that are answered from several tables, each by one statement that reads and locks nothing."""
