"""Posting to applications and subscribers."""
