"""Question sets: read, checked against a store, started from one, made of feedback."""
