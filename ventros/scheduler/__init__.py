"""The service that does what is due, step by step, for all tenants."""
