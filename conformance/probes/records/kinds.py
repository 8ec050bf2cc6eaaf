"""Which kinds of record the definition knows: what creates, reads, changes, lists and deletes them.

Found from the definition: a POST with a body whose answer shows an `id` makes a kind. Nothing is listed by hand, so a
kind that a later version brings is asked too, as far as the guard's table knows its operations.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from conformance.definition import Field, Index, Operation
from conformance.exchange.guard.kinds import fill_path


@dataclass(frozen=True)
class Resource:
    """A kind of record and its operations; those that the definition lacks are None.

    `name` is its path below /api without parameters ("customers", "customers/rates"), `parent` the kind it hangs below.
    """

    name: str
    create: Operation
    read: Operation | None
    change: Operation | None
    delete: Operation | None
    listing: Operation | None
    parent: str | None = None

    @property
    def singular(self) -> str:
        """The last word of the name without its plural ending ("activity")."""
        word = self.name.rpartition("/")[2]
        return word[:-3] + "y" if word.endswith("ies") else word.removesuffix("s")

    def path(self, operation: Operation, ident: int | str, parent: int | str | None = None) -> str:
        """Return the path of one of its operations, with the ids of the record and of its parent."""
        ids = [parent, ident] if self.parent else [ident]
        return fill_path(operation.path, *(item for item in ids if item is not None))

    def create_path(self, parent: int | str | None = None) -> str:
        """Return the path of its create and its list, below the parent where it has one."""
        return self.create.path if parent is None else fill_path(self.create.path, parent)

    def fields(self, operation: Operation | None) -> tuple[Field, ...]:
        """Return the fields at the top of a body, none where there is no body."""
        return operation.body.fields if operation is not None and operation.body is not None else ()


@lru_cache(maxsize=8)
def kinds(index: Index) -> tuple[Resource, ...]:
    """Return all kinds, parents before what hangs below them."""
    results = {}
    for operation in index.operations:
        shape = operation.success.shape if operation.success is not None else None
        makes = operation.method == "POST" and operation.body is not None
        if makes and shape is not None and "id" in shape.attributes:
            parts = operation.path.removeprefix("/api/").split("/")
            words = [part for part in parts if not part.startswith("{")]
            parameters = len(parts) - len(words)
            if parameters == 0 or (parameters == 1 and len(words) == 2):
                kind = _kind(index, operation, "/".join(words), words[0] if parameters else None)
                results[kind.name] = kind
    return tuple(sorted(results.values(), key=lambda kind: kind.name.count("/")))


def kind_named(index: Index, name: str) -> Resource | None:
    """Return the kind of this name, None where the definition has none."""
    return next((kind for kind in kinds(index) if kind.name == name), None)


def _kind(index: Index, create: Operation, name: str, parent: str | None) -> Resource:
    listing = index.get(f"GET {create.path}") or _search(index, create.path)
    return Resource(
        name,
        create,
        _on_item(index, "GET", create.path),
        _on_item(index, "PATCH", create.path),
        _on_item(index, "DELETE", create.path),
        listing if listing is not None and _lists_records(listing) else _search(index, create.path),
        parent,
    )


def _on_item(index: Index, method: str, collection: str) -> Operation | None:
    for operation in index.operations:
        head, _, last = operation.path.rpartition("/")
        if operation.method == method and head == collection and last.startswith("{"):
            return operation
    return None


def _search(index: Index, collection: str) -> Operation | None:
    """Return a GET one literal below that lists records of the kind (`/api/tags/find`)."""
    for operation in index.operations:
        head, _, last = operation.path.rpartition("/")
        if operation.method == "GET" and head == collection and last == "find" and _lists_records(operation):
            return operation
    return None


def _lists_records(operation: Operation) -> bool:
    success = operation.success
    shape = success.shape if success else None
    return shape is not None and shape.items is not None and "id" in shape.items.attributes
