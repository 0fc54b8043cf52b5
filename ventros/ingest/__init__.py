"""What platforms deliver becomes commands for the use cases.

``handle`` takes a request of WAHA's webhook; ``file`` reads a file, and ``runner`` takes its lines through
the use cases; a platform's package, such as ``waha``, interprets an event; ``delivery`` is what an
interpretation hands on.
"""

from ventros.ingest.webhook import Answer, Handled, handle

__all__ = ["Answer", "Handled", "handle"]
