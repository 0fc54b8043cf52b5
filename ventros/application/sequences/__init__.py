"""Use cases of sequences and of contacts on their way through them."""
