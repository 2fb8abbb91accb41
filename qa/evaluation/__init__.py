"""Measure how far the answers can be trusted, on questions of one's own."""
