"""Where a documented promise can be read: the address that follows from a clause's source."""

from __future__ import annotations

import re
from collections.abc import Mapping

_KIMAI = "https://www.kimai.org/documentation/"

_PAGES: Mapping[str, str] = {
    "REST API": f"{_KIMAI}rest-api.html",
    "Pagination": f"{_KIMAI}rest-api-pagination.html",
    "Permissions": f"{_KIMAI}permissions.html",
    "Billable": f"{_KIMAI}billable.html",
    "Prices": f"{_KIMAI}rates.html",
    "Projects": f"{_KIMAI}project.html",
    "Teams": f"{_KIMAI}teams.html",
    "Time tracking": f"{_KIMAI}timesheet.html",
    "OpenAPI Specification 3": "https://spec.openapis.org/oas/v3.0.3.html",
}
"""First words of a source -> the page that it names."""

_OWN = "OpenAPI definition"
_RFC = re.compile(r"RFC (\d+)(?:, section ([\d.]*\d))?")
_PAGE = re.compile(r"\(/documentation/([a-z-]+\.html)\)")


def address_of(source: str, instance: str = "") -> str:
    """Return the address of the first document that a source names; "" where it names none.

    The definition is the instance's own, at /api/doc below `instance`, its URL; without one it is the page of Kimai's
    documentation that tells where to find it.
    """
    if source.startswith(_OWN):
        return f"{instance}/api/doc" if instance else _PAGES["REST API"]
    if rfc := _RFC.match(source):
        section = f"#section-{rfc[2]}" if rfc[2] else ""
        return f"https://www.rfc-editor.org/rfc/rfc{rfc[1]}{section}"
    if page := _PAGE.search(source.partition(";")[0]):
        return _KIMAI + page[1]
    return next((url for words, url in _PAGES.items() if source.startswith(words)), "")
