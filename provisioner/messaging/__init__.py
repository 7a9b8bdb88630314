"""Messages: sent, followed to delivery, and the account examined beforehand."""
