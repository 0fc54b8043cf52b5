"""The service that takes events out of the outbox to where they are wanted, and the ways out that ship."""
