"""Measures: what a figure means, with its interval."""
