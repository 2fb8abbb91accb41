"""The reader: which retrieved sentence answers the question, and with which words."""
