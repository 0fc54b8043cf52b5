"""Invoices: what they are."""
