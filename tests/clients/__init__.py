"""A public client, as people install it, against the embedded Kimai: `python -m tests.clients`."""
