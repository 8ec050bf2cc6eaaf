"""The one transport and what surrounds it: bounds, manners, redaction, recording, the form login."""
