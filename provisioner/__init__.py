"""A declarative setup runner for the Bandwidth messaging platform."""

__version__ = "0.1.0"
