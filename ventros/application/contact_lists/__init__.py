"""Use cases of contact lists."""
