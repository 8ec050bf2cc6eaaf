"""From method and path to an operation: literals before placeholders, 404 for a path, 405 for a method."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from conformance.embedded.errors import ApiError, not_found
from conformance.embedded.interface import Operation, operations

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Match:
    """The operation that a request means, and the values of its path."""

    operation: Operation
    parameters: dict[str, str]


class Router:
    """The routes of one version."""

    def __init__(self, version: str) -> None:
        ranked = sorted(operations(version), key=lambda operation: operation.path.count("{"))
        self._routes = [(re.compile(_pattern(operation), re.ASCII), operation) for operation in ranked]

    def match(self, method: str, path: str) -> Match:
        """The operation. Raises 404 where no route has the path, 405 with `Allow` where none has the method."""
        routed = "GET" if method == "HEAD" else method
        allowed = []
        for pattern, operation in self._routes:
            if match := pattern.fullmatch(path):
                if operation.method == routed:
                    return Match(operation, match.groupdict())
                allowed.append(operation.method)
        if not allowed:
            raise not_found()
        raise ApiError(405, headers={"Allow": ", ".join(allowed)})

    def knows(self, method: str, path: str) -> bool:
        """Whether there is a route for this."""
        try:
            self.match(method, path)
        except ApiError:
            return False
        return True


@cache
def router(version: str) -> Router:
    """The routes of that version."""
    return Router(version)


def _pattern(operation: Operation) -> str:
    patterns = {parameter.name: parameter.pattern or "[^/]+" for parameter in operation.path_parameters}
    return _PLACEHOLDER.sub(lambda match: f"(?P<{match[1]}>{patterns[match[1]]})", operation.path)
