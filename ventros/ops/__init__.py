"""What the owner of a database may want of it that no migration decides: a history, the locking indexes."""
