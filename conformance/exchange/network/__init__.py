"""The one transport and what surrounds it: limits, throttle, redaction, recording, the form login."""
