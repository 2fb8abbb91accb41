"""Runs: a question set asked, and what came of it, compared and held to floors."""
