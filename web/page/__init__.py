"""The chat page and what stands beside it: our own escaped HTML; Gradio carries the events."""
