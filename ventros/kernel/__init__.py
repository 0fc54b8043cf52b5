"""Generic persistence for versioned aggregates on PostgreSQL; it knows nothing of a CRM."""
