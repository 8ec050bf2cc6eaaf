"""The form of refusals."""
