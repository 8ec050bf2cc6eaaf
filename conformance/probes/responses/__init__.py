"""The form of answers: attributes, types, and the definition's own examples."""
