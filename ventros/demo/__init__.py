"""The demonstration: what optimistic locking is for, shown on a real server against a control without it."""
