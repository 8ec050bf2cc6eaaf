"""Measurements of the suite and of the embedded Kimai: figures only, nothing is asserted."""
