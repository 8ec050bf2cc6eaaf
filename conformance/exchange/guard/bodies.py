"""What a server may read out of a body: JSON, a form, or nothing that can be understood."""

from __future__ import annotations

import enum
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from conformance.exchange.guard.ids import AmbiguousRequest, has_digit

_FORM_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(\[[A-Za-z0-9_-]*\])*\Z")


class Reading(enum.StrEnum):
    """How a body was read. IGNORED: JSON under a content type that Kimai ignores. OPAQUE: no digits, not understood."""

    EMPTY = "empty"
    JSON = "json"
    FORM = "form"
    IGNORED = "ignored"
    OPAQUE = "opaque"


@dataclass(frozen=True)
class Body:
    """A body as data. Keys of the top level are as sent; `field_key` folds their spellings."""

    reading: Reading
    value: Any = None

    @property
    def fields(self) -> dict[str, Any]:
        """The top-level attributes by folded key; empty where the body is no object."""
        if not isinstance(self.value, dict):
            return {}
        return {field_key(key): value for key, value in self.value.items()}


def field_key(name: str) -> str:
    """Fold the spellings of an attribute: `global_activities`, `global-activities` and `globalActivities` are one."""
    return name.replace("_", "").replace("-", "").strip().casefold()


def read_body(content: bytes, content_type: str, mark: str) -> Body:
    """Return what a body says.

    Raises AmbiguousRequest for repeated keys, multipart, and what is not understood but has digits. The run's mark has
    digits of its own and is taken out first.
    """
    if not content.strip():
        return Body(Reading.EMPTY)
    media = content_type.split(";")[0].strip().lower()
    if media.startswith("multipart/"):
        raise AmbiguousRequest("a multipart body is not understood")
    if media.startswith("application/x-www-form-urlencoded"):
        return Body(Reading.FORM, _form(content))
    try:
        value = json.loads(content, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        text = content.decode("utf-8", "replace")
        if has_digit(text.replace(mark, "") if mark else text):
            raise AmbiguousRequest("the body is not JSON, and has digits that may be read as ids") from error
        return Body(Reading.OPAQUE, text)
    return Body(Reading.JSON if media in ("", "application/json") else Reading.IGNORED, value)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len({field_key(key) for key in result}) != len(pairs):
        raise AmbiguousRequest("the body names an attribute twice")
    return result


def _form(content: bytes) -> dict[str, Any]:
    """Read a form the way PHP does, `members[0][user]=5` included."""
    tree: dict[str, Any] = {}
    for key, value in parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True):
        if not _FORM_KEY.match(key):
            raise AmbiguousRequest(f"the form's key {key[:40]!r} is not understood")
        *above, last = (part.rstrip("]") for part in key.split("["))
        branch = tree
        for part in above:
            branch = branch.setdefault(part or str(len(branch)), {})
            if not isinstance(branch, dict):
                raise AmbiguousRequest("the form uses a key both as a value and as a list")
        name = last or str(len(branch))
        if name in branch:
            raise AmbiguousRequest("the form uses a key twice, or both as a value and as a list")
        branch[name] = value
    if len({field_key(key) for key in tree}) != len(tree):
        raise AmbiguousRequest("the form names an attribute twice")
    return tree
