"""The HTTP API: what the command line does, as JSON, for programs with a key."""
