"""A follow-up becomes a question that stands by itself."""
