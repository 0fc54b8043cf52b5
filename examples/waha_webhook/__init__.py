"""A service that WAHA posts to."""
