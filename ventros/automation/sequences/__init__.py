"""Series of messages that a contact gets one after the other, with delays between them."""
