"""What platforms deliver becomes commands for the use cases.

``source`` reads a file or a pipe, ``records`` cuts it into events; a platform's package, such as ``waha``,
interprets them as what ``delivery`` has; ``applying`` makes a command take effect; ``runner`` does all of it
for many at a time, and ``tally`` counts. ``file`` is one run of ``ventros ingest``,
and ``handle`` takes a request of WAHA's webhook.
"""

from ventros.ingest.webhook import Answer, Handled, handle

__all__ = ["Answer", "Handled", "handle"]
