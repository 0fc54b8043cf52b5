"""Writes the plain code of an application and of its aggregates, to be edited from then on."""
