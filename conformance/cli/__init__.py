"""The command line: one module a command."""

from conformance.cli.main import main

__all__ = ["main"]
