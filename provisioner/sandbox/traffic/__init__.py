"""The calls of the messaging API, and what becomes of messages."""
