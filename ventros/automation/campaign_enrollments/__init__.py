"""Contacts on their way through a campaign."""
