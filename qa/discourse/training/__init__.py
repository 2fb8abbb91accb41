"""Training of the model that knows follow-ups about the answer by their words."""
