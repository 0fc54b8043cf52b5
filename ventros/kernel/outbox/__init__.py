"""How events leave with the change that they tell of, and how a consumer deals with each once."""
