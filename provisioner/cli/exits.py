"""Exit codes. They are a contract: pipelines decide by them."""

DONE = 0
ERROR = 1
"""And nothing was written."""
CHANGES = 2
"""Only with --detailed-exitcode."""
NOT_ALL_DONE = 3
"""Something was written; running again continues."""
INTERRUPTED = 130
