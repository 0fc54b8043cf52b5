"""How a unit of work begins, ends, and finds out how it ended."""
