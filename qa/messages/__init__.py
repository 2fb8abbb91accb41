"""What people read of ours, in their own language: one file of messages for each."""
