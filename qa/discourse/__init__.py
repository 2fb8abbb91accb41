"""Follow-ups about the answer just given: who said that, when, what else, are you sure?"""
