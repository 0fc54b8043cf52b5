"""Over HTTP, in process, on a real server."""
