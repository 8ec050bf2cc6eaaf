"""Pages of a list with their headers, and times in query parameters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from conformance.embedded.behaviour import datetimes
from conformance.embedded.errors import bad_request, not_found
from conformance.embedded.store.state import Reply, RequestContext
from conformance.embedded.web.serialise import as_list

_SIZE = 50


@dataclass(frozen=True)
class Page:
    """A page of a list: the slice [start:stop], and the four numbers of the headers."""

    start: int
    stop: int
    number: int
    size: int
    total: int
    pages: int

    @classmethod
    def of(cls, number: int, size: int, total: int) -> Page:
        """Return the page of that number (from 1) and size."""
        pages = max(1, -(-total // size))
        return cls((number - 1) * size, number * size, number, size, total, pages)


def page_of(call: RequestContext, total: int) -> Page:
    """The page that `page` and `size` ask for. Raises 404 for one behind the last."""
    size = min(int(call.query.get("size", _SIZE)) or _SIZE, call.version.page_limit)
    number = int(call.query.get("page", 1)) or 1
    page = Page.of(number, size, total)
    if page.number > page.pages:
        raise not_found()
    return page


def reply(call: RequestContext, page: Page, records: Sequence[Any], schema: str) -> Reply:
    """The records of a page, with the four headers."""
    headers = {
        "X-Page": str(page.number),
        "X-Total-Count": str(page.total),
        "X-Total-Pages": str(page.pages),
        "X-Per-Page": str(page.size),
    }
    return Reply(as_list(call, list(records), schema), headers=headers)


def paged(call: RequestContext, records: Sequence[Any], schema: str) -> Reply:
    """The asked page of records that are all there."""
    page = page_of(call, len(records))
    return reply(call, page, records[page.start : page.stop], schema)


def read_time(call: RequestContext, name: str, zone: str) -> datetime | None:
    """A time parameter as naive UTC; None where it is not given. Raises 400 for another form than the documented."""
    text = call.query.get(name)
    if text is None:
        return None
    moment = datetimes.read_query(text, zone)
    if moment is None:
        raise bad_request()
    return moment if call.filters(name) is not None else None
