"""Protects pytest as a user's own tool: plain runs give the verdict of a run, and wrong settings never pass."""
