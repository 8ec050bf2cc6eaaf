"""Bodies: decoded by content type, read field by field, refused with Kimai's messages.

`decode` makes Python values of a body, `kinds` reads one value, `table` says of which kind each field is, `choices`
which records it may name, `engine` puts a body into a record and collects what is wrong, `rules` are the checks on
whole records, with what must hold of each field in `constraints.toml`, and `members` gives members their positions.
"""

from conformance.embedded.forms.engine import Form, Submitted, submit

__all__ = ["Form", "Submitted", "submit"]
