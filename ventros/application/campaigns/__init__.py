"""Use cases of campaigns and of contacts on their way through them."""
