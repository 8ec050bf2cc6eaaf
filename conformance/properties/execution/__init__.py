"""How it is sent: Schemathesis behind the client, scenes and targets, and server errors taken apart."""
