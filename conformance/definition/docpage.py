"""The page /api/doc of an instance → the definition in it.

Kimai 2.66.0 assigns it in a script (`docs.apiDescriptionDocument = {"spec": {…}}`), 2.24.0 has it as JSON in
`<script id="swagger-data">`. Both wrap it in an object under `spec`. Source: measured on those releases.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from conformance.definition.errors import EXPORT_HINT, DefinitionError

_ASSIGNED = re.compile(r"apiDescriptionDocument\s*=\s*")
_LOGIN_FIELDS = frozenset({"_username", "_password"})


class _Page(HTMLParser):
    """Collects the scripts (id, text), the names of the inputs and the title."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: list[tuple[str | None, list[str]]] = []
        self.inputs: set[str] = set()
        self.title = ""
        self._open: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        result = dict(attrs)
        self._open = tag if tag in ("script", "title") else None
        if tag == "script":
            self.scripts.append((result.get("id"), []))
        elif tag == "input":
            self.inputs.add(result.get("name") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._open:
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open == "script":
            self.scripts[-1][1].append(data)
        elif self._open == "title":
            self.title += data


def extract(page: str) -> dict[str, Any]:
    """Return the OpenAPI object of a documentation page, unmended; a plain JSON body is taken as well.

    Raises DefinitionError where the page is a login form, another product's page or empty.
    """
    if not page.strip():
        raise DefinitionError("the page /api/doc is empty")
    for value in _candidates(page):
        for inner in (value, value.get("spec") if isinstance(value, dict) else None):
            if isinstance(inner, dict) and ("openapi" in inner or "swagger" in inner):
                return inner
    raise _nothing_found(page)


def _candidates(page: str) -> Iterator[Any]:
    if page.lstrip()[:1] in "{[":
        yield from _decoded(page)
        return
    parsed = _parsed(page)
    for script_id, pieces in parsed.scripts:
        text = "".join(pieces)
        if script_id == "swagger-data":
            yield from _decoded(text)
        for assigned in _ASSIGNED.finditer(text):
            yield from _decoded(text[assigned.end() :])


def _parsed(page: str) -> _Page:
    parser = _Page()
    parser.feed(page)
    parser.close()
    return parser


def _decoded(text: str) -> Iterator[Any]:
    """Yield the JSON value at the start of a text, also where the page has escaped it for HTML."""
    for candidate in (text, html.unescape(text)):
        try:
            yield json.JSONDecoder().raw_decode(candidate.lstrip())[0]
        except RecursionError:
            raise DefinitionError("the definition in the page /api/doc is nested too deeply to be read") from None
        except ValueError:
            continue


def _nothing_found(page: str) -> DefinitionError:
    parsed = _parsed(page)
    if parsed.inputs >= _LOGIN_FIELDS:
        return DefinitionError(
            "instead of /api/doc the instance gave its login form",
            hint=f"Check user name and password; two factors and single sign-on cannot be used. {EXPORT_HINT}",
        )
    title = " ".join(parsed.title.split())[:60]
    result = f"a page titled {title!r}" if title else "neither a page of Kimai nor a definition"
    return DefinitionError(f"there is no API definition in the page /api/doc: it is {result}")
