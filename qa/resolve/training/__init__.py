"""Trains the model of which terms belong to a follow-up; needs torch."""
