"""Named groups of a project's contacts: chosen one by one, or described by rules."""
