"""What every call has in common: who may call, the bodies, the refusals, the log."""
