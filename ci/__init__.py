"""The CI kit: what is here is copied by its users, or run by action.yml; no part of the package."""
