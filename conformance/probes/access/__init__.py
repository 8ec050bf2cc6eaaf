"""Credentials, roles, and what somebody may not see or change."""
