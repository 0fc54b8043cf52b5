"""The same work, written once for each way of doing it."""
