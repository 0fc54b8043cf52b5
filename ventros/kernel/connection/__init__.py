"""How it is sent: asyncpg's connections, the bounds on every wait, and our errors for its own."""
