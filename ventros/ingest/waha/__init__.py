"""WAHA, an HTTP bridge to WhatsApp.

``decoding`` finds the events in a line, ``interpretation`` reads one as the command that it asks for. There,
``parties`` answers who wrote to whom, ``content`` what was written, ``changes`` what happened to a message
that is there. What an engine tells beside WAHA's own fields, ``gows``, ``noweb`` and ``webjs`` say in the
words of ``detail``.
"""
