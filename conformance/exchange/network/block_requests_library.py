"""The second wall: `requests`, which Schemathesis brings along, cannot send anything in this process."""

from __future__ import annotations

from typing import Any, NoReturn

import requests.adapters

from conformance.model import GuardBrokenError


def _refuse(_self: Any, request: Any, *_args: Any, **_kwargs: Any) -> NoReturn:
    method, url = getattr(request, "method", "?"), str(getattr(request, "url", "?")).split("?")[0]
    raise GuardBrokenError(
        f"{method} {url} was about to be sent past the guard, by the requests library",
        "Nothing was sent. Report it, and install the version of Schemathesis that this suite names.",
    )


def block_requests_library() -> None:
    """Make every request of the `requests` library in this process raise GuardBrokenError. May be called again."""
    setattr(requests.adapters.HTTPAdapter, "send", _refuse)  # noqa: B010 — as types see it, a method is not replaced
