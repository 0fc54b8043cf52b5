"""Who owns the data and who pays for it."""
