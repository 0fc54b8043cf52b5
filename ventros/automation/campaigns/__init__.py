"""Marketing flows of several steps towards a goal."""
