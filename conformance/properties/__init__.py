"""Property tests generated from the definition: every operation, workflows, and values that mean something.

Schemathesis is used as a library for generation and checks. All it sends, its own probes included, goes through the
client of `conformance.exchange`: see `transport`.
"""
