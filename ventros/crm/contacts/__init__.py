"""The people that a project talks to."""
