"""Use cases, one to a file: load, decide, save once, all in one unit of work."""
