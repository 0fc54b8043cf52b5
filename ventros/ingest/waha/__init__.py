"""WAHA, an HTTP bridge to WhatsApp.

``wire`` is the shape of its events. ``interpretation`` reads a line as a command; ``parties`` answers who
wrote to whom, ``content`` what was written.
"""
