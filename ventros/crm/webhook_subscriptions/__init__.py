"""Where a project wants its events sent."""
