"""Contacts on their way through a sequence."""
