"""One question, or a few that belong together, to a module."""
