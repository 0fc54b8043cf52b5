"""Who or what acts on the CRM's side of a conversation."""
