"""One message to everybody on a contact list."""
