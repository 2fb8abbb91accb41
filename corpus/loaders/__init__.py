"""One loader a format: a file becomes raw articles."""
