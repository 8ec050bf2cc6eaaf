"""From the bytes of a body to Python values, as Kimai decodes them."""

from __future__ import annotations

import json
import logging
import re
from typing import Any
from urllib.parse import parse_qsl

from python_multipart import create_form_parser

from conformance.embedded.errors import bad_request

logging.getLogger("python_multipart").addHandler(logging.NullHandler())
"""A body without a boundary is the client's affair: without a handler its parser would write to standard error."""

_SNAKE = re.compile(r"_([a-zA-Z0-9])")
_JSON = "application/json"
_URLENCODED = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"


def decode(content: bytes, content_type: str) -> Any:
    """The body: an object or list; empty ones and those of a foreign content type count as an empty object.

    Raises 400 for JSON that is broken, or is no object and no list.
    """
    kind = content_type.partition(";")[0].strip().lower() or _JSON
    if kind == _URLENCODED:
        return _from_pairs(parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True))
    if kind == _MULTIPART:
        pairs: list[tuple[str, str]] = []

        def keep(field: Any) -> None:
            pairs.append((field.field_name.decode(), (field.value or b"").decode("utf-8", "replace")))

        try:
            parser = create_form_parser({"Content-Type": content_type.encode()}, keep, lambda _file: None)
            parser.write(content)
            parser.finalize()
        except Exception:  # the parser has several, and whatever is wrong with a body is the caller's fault
            raise bad_request() from None
        return _from_pairs(pairs)
    if not kind.endswith("json") or not content.strip():
        return {}
    try:
        value = json.loads(content.decode("utf-8"), parse_constant=_no_constant)
        if b"\\ud" in content.lower():
            json.dumps(value, ensure_ascii=False).encode("utf-8")  # half a surrogate pair is no text
        value = _camelised(value)
    except (ValueError, RecursionError):
        raise bad_request() from None
    if not isinstance(value, dict | list):
        raise bad_request()
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _camelised(value: Any) -> Any:
    """The keys in camel case all the way down, as Kimai makes of `address_line_1`.

    Raises `ValueError` where a key that is written otherwise overwrites one before it.
    """
    if isinstance(value, list):
        return [_camelised(item) for item in value]
    if not isinstance(value, dict):
        return value
    result: dict[str, Any] = {}
    for key, item in value.items():
        camel = _SNAKE.sub(lambda match: match[1].upper(), key)
        if camel != key and camel in result:
            raise ValueError(key)
        result[camel] = _camelised(item)
    return result


def _from_pairs(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Form fields; a name with brackets nests (`members[0][user]`, `teams[]`)."""
    root: dict[str, Any] = {}
    for name, value in pairs:
        keys = [name.partition("[")[0], *re.findall(r"\[([^\]]*)\]", name)]
        _put(root, keys, value)
    return {key: _as_list(value) for key, value in root.items()}


def _put(node: dict[str, Any], keys: list[str], value: str) -> None:
    for key in keys[:-1]:
        inner = node.setdefault(key or str(len(node)), {})
        if not isinstance(inner, dict):
            return
        node = inner
    node[keys[-1] or str(len(node))] = value


def _as_list(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _as_list(item) for key, item in value.items()}
    return list(inner.values()) if all(key.isdecimal() for key in inner) else inner
