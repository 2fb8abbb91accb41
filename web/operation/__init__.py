"""For those who run the server: its health, its figures and its log."""
