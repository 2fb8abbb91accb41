"""Training the reader: open data to groups of windows, groups to weights. Needs torch."""
