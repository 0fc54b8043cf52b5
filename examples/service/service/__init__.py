"""Contacts over HTTP, kept by Ventros."""
