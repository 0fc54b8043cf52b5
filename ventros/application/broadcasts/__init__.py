"""Use cases of broadcasts: one message to everybody on a contact list."""
