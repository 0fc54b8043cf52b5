"""Use cases of channels, the ways to the messaging platforms."""
