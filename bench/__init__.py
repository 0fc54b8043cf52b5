"""Measurements behind decisions: what the locking indexes, the layer and its rivals cost."""
