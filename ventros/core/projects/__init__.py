"""The workspaces that customers pay for; each one is a tenant."""
