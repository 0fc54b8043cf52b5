"""The statuses of pipelines."""
