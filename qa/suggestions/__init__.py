"""Questions that are proposed: to open with, and to go on with; each is one that gets an answer."""
