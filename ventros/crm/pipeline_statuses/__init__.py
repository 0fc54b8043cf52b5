"""The stages of pipelines."""
