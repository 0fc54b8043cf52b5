"""What platforms deliver becomes commands for the use cases.

``file`` reads a file; ``runner`` takes its lines through the use cases; a platform's package, such as
``waha``, interprets a line; ``delivery`` is what an interpretation hands to the runner.
"""
