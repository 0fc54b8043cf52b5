"""Use cases of pipelines and of who stands in them."""
