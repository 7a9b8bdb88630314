"""What only the sandbox has: setting it up, breaking it, looking into it."""
