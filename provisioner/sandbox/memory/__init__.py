"""What the account keeps, now and earlier: one SQLite database, its copies, and its agenda."""
