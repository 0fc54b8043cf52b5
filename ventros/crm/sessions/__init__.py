"""Stretches of conversation with one contact over one type of channel."""
