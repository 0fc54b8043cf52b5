"""Use cases of projects, their owners and who pays."""
