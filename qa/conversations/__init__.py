"""Conversations that are kept: what was asked and answered, named, listed, reopened, exported."""
