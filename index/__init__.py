"""What can be searched."""
