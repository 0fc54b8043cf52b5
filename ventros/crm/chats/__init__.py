"""Conversation spaces that outlive sessions: with one contact, of a group, or broadcast-like."""
