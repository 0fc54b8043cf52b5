"""The funnels that contacts move through, and where in them each contact stands."""
