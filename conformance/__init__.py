"""API conformance test suite for Kimai: the engine, the embedded Kimai and the property tests."""

__version__ = "0.1.0"
