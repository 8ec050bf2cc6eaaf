"""Every way in which a server or a proxy before it may read a path, and the one that the client meant.

Percent-encoding once and twice, collapsed and trailing slashes, dot segments, backslashes, matrix parameters and
format suffixes: a write goes out only where all readings are the same; a GET only where all of them are reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

Segments = tuple[str, ...]

_PLAIN = re.compile(r"(/[A-Za-z0-9_-]+)+\Z", re.ASCII)
_MATRIX = re.compile(r";[^/]*")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,8}/?\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def decode(text: str) -> str:
    """Percent-decode once; bytes that are no UTF-8 become U+FFFD."""
    return unquote_to_bytes(text).decode("utf-8", "replace")


def strict_segments(path: str) -> Segments:
    """Return the segments of a raw path as a strict server reads them: split, then decoded once."""
    return tuple(decode(segment) for segment in path.strip("/").split("/"))


def interpretations(path: str) -> frozenset[Segments]:
    """Return all readings of a raw path (no query), the strict one included."""
    if _PLAIN.match(path):
        return frozenset({strict_segments(path)})
    return frozenset({strict_segments(path), *(_normal(variant) for variant in _variants(path))})


def is_plain(path: str) -> bool:
    """Whether a raw path can be read in one way only."""
    return bool(_PLAIN.match(path)) or (
        len(interpretations(path)) == 1
        and not path.endswith("/")
        and path.startswith("/")
        and "//" not in path
        and not _CONTROL.search(decode(path))
    )


def _variants(path: str) -> Iterator[str]:
    once = decode(path)
    twice = decode(once)
    for text in (path, once, twice):
        for slashed in (text, text.replace("\\", "/")):
            yield slashed
            yield _MATRIX.sub("", slashed)
            yield _CONTROL.sub("", slashed).strip()
            yield re.split(r"[\x00?#]", slashed)[0]
            yield _SUFFIX.sub("", slashed)


def _normal(path: str) -> Segments:
    kept: list[str] = []
    for raw in path.split("/"):
        segment = decode(raw)
        if segment == "..":
            kept = kept[:-1]
        elif segment not in ("", "."):
            kept.append(segment)
    return tuple(kept)
