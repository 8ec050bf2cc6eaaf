"""The one transport and what surrounds it: limits, throttle, redaction, recording, the form login."""

OVERHEAD = "conformance.overhead"
"""Extension of a request that the client sends for itself; the run's budget does not hold it up."""
LOGIN = "conformance.login"
"""Extension of the requests of a form login."""
TRUNCATED = "conformance.truncated"
LABEL = "conformance.label"
