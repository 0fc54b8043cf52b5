"""People, the conversations with them, and the channels that carry these."""
