"""What the guard knows and asks before anything is sent: the table of operations, requests, rules."""
