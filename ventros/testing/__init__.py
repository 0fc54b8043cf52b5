"""What the tests of an application need: it may import what is for development only."""
