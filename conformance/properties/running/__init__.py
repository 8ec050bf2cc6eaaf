"""How it is sent: Schemathesis behind the door, scenes and targets, and server errors taken apart."""
