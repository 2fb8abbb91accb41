"""Questions, answers, citations."""
