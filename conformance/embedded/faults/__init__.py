"""Planted faults: each a known defect on the wire, for the embedded Kimai and for the proxy before any other.

A fault says which clauses it breaks; the suite is proved on them, for a check that cannot fail proves nothing.
Variations are differences that are legal, and prove that the suite does not cry wolf; conditions are what a sound
instance may be in, and prove that it does not either when less can be decided.

    messages    a request and an answer, as a fault sees them
    registry    `fault`, `variation`, the catalogues, and looking names up
    planting    the ASGI middleware
    the others  the faults themselves, a module a topic
"""

from __future__ import annotations

from importlib import import_module

from conformance.embedded.faults.middleware import wrap
from conformance.embedded.faults.registry import CONDITIONS, FAULTS, VARIATIONS, Fault, find, lines

__all__ = ["CONDITIONS", "FAULTS", "MODULES", "VARIATIONS", "Fault", "find", "lines", "wrap"]

MODULES = (
    "authentication",
    "datetimes",
    "datetimes_now",
    "booleans",
    "flags",
    "attributes",
    "definition",
    "paging",
    "filters",
    "data",
    "lost_updates",
    "lists",
    "money",
    "budgets",
    "copies",
    "errors",
    "crashes",
    "unvalidated_values",
    "permissions",
    "teams",
    "variations",
    "conditions",
)
"""The modules of the catalogue, in its order: importing one registers what it holds."""

for module in MODULES:
    import_module(f"{__name__}.{module}")
