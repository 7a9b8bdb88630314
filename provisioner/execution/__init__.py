"""A plan becomes calls, and the calls a stream of events."""
