"""Errors: those of people who start the server, and those it answers with."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from conformance.model import UsageError


class EmbeddedError(UsageError):
    """The embedded Kimai cannot be started as asked: the message says what is wrong, and where."""


class ApiError(Exception):
    """An answer that is not a success.

    Without `message` the body says no more than the status does, as Kimai's do in production. `body` replaces it.
    """

    def __init__(
        self,
        status: int,
        message: str | None = None,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message or str(status))
        self.status = status
        self.body = body if body is not None else {"code": status, "message": message or phrase(status)}
        self.headers = dict(headers or {})


class ReleaseCrash(ApiError):
    """400 for what a released Kimai crashes on, and answers with 500. `body`: as of `ApiError`."""

    def __init__(self, body: Any = None) -> None:
        super().__init__(400, body=body)


def phrase(status: int) -> str:
    """The words of a status, as in "Method Not Allowed"."""
    return HTTPStatus(status).phrase


def bad_request() -> ApiError:
    """400 that does not say why."""
    return ApiError(400)


def forbidden() -> ApiError:
    """403 for a caller who may not do this."""
    return ApiError(403)


def not_found() -> ApiError:
    """404 for a path or record that does not exist."""
    return ApiError(404)


def gone(text: str) -> ApiError:
    """410, the one error whose text Kimai shows."""
    return ApiError(410, text)


def refused_by_service(places: Mapping[str, list[str]]) -> ApiError:
    """400 from a service instead of a form: `code` is a text there, `children` are the refused properties."""
    children = {name: {"errors": messages} for name, messages in places.items()}
    body = {"code": "400", "message": "There was a problem saving.", "errors": {"children": children}}
    return ApiError(400, body=body)
