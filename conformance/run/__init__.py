"""The run as a whole: preflight, plan, the pytest child and its supervisor."""
