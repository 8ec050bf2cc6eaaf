"""Protects the CI kit: action, examples, container file, hook, and the recipe for a fresh Kimai."""
