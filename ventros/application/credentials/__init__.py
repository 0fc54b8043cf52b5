"""Use cases of credentials."""
