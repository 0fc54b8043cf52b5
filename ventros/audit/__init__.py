"""Read-only tools for whoever audits the SQL: they show and compare, and change nothing."""
