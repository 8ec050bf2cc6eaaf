"""What is the run's own: the sealed ledger, the proof of each record in it, and what hangs below a record."""

LEDGERS = "ledger*.jsonl"
"""Names of the ledgers in the folder of a run."""
