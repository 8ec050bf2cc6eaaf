"""The ledger, and the clean-up that goes by it."""
