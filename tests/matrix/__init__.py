"""Conditions and settings of sound instances, each with the verdict that a run must give there."""
