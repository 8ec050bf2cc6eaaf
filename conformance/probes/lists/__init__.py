"""Filters, orders and pages of lists."""
