"""The live account: the only package that knows HTTP and XML."""
