"""The connections to messaging platforms through which messages come and go."""
