"""Secrets that a tenant keeps for outside services, encrypted."""
