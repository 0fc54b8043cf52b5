"""A small application of one table, in a schema of its own, for the tests of what applications are given."""
