"""Values become text or JSON. Pure functions: width, colour and time come in as arguments."""
