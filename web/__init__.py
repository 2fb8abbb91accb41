"""How it is served."""
