"""What platforms deliver, turned into commands for the use cases."""
