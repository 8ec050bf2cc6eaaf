"""What a record is, and how one is made, filled, changed and compared."""
