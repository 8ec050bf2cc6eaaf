"""From an HTTP request to a handler and back, and the server that listens."""
