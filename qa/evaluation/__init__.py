"""How far answers can be trusted: measured on a newsroom's own questions and articles."""
