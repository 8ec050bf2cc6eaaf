"""Flags: what becomes of each value, and what a time record inherits."""
