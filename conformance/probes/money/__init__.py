"""Money: what records cost, and what budgets and durations come to."""
