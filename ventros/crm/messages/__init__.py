"""The items of a conversation, inbound and outbound."""
