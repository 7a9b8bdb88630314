"""Orders of all kinds, what becomes of them, and who is told."""
