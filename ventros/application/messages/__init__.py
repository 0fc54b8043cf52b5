"""Use cases of messages, sent and received."""
