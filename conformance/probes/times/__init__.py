"""Local times and zones, rounding, and what running records do to times."""
