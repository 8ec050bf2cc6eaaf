"""What several handlers do: find a record, fill it from a form, order a list, sift by a term."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from conformance.embedded.errors import ReleaseCrash, bad_request, forbidden, not_found
from conformance.embedded.forms import Submitted, submit
from conformance.embedded.forms.engine import Form, apply
from conformance.embedded.forms.rules import check_columns, check_fields
from conformance.embedded.forms.table import form
from conformance.embedded.store.models import Base
from conformance.embedded.store.state import Reply, RequestContext

Model = TypeVar("Model", bound=Base)
_LARGEST_ID = 2**63 - 1


def by_id(call: RequestContext, model: type[Model], number: str) -> Model:
    """The record of that id. Raises 404 where there is none."""
    record = call.session.get(model, int(number)) if _is_id(number) else None
    if record is None:
        raise not_found()
    return record


def _is_id(number: str) -> bool:
    return number.isdecimal() and number.isascii() and int(number) <= _LARGEST_ID


def target(call: RequestContext, model: type[Model]) -> Model:
    """The record that `{id}` of the path names. Raises 404 where there is none."""
    return by_id(call, model, call.parameters["id"])


def form_of(call: RequestContext, name: str, without: Iterable[str] = ()) -> Form:
    """The form of that name, without the fields that the caller does not get."""
    whole = form(call.version.name, name, call.version.record_defaults)
    return whole.without(set(without)) if without else whole


Check = Callable[[RequestContext, Submitted, Any], None]


def fill(call: RequestContext, record: Model, of: Form, *checks: Check, zone: str | None = None) -> Model:
    """Put the body into the record and check it. Raises 400 with everything that is wrong."""
    result = submit(call, of, record, zone)
    apply(call, result, record)
    check_fields(call, result, record)
    for check in checks:
        check(call, result, record)
    result.finish()
    check_columns(call, result, record)
    return record


def save(call: RequestContext, record: Model) -> Model:
    """Store a record, so that it has its id."""
    call.session.add(record)
    call.session.flush()
    return record


def remove(call: RequestContext, record: Base) -> Reply:
    """Delete a record, and what hangs below it."""
    call.session.delete(record)
    return Reply(status=204)


def remove_target(model: type[Base], right: str, call: RequestContext) -> Reply:
    """Delete the record that `{id}` of the path names, for those who have a right."""
    record = target(call, model)
    call.access.require(right)
    return remove(call, record)


def ordered(
    call: RequestContext, records: Iterable[Model], keys: dict[str, Any], default: str, way: str = "ASC"
) -> list[Model]:
    """The records by the parameters `orderBy` and `order`; ids decide where that leaves it open."""
    by, direction = call.query.get("orderBy", default), call.query.get("order", way)
    return sorted(records, key=lambda record: (keys[by](record), record.id), reverse=direction == "DESC")


def folded(text: str | None) -> str:
    """A text as lists are ordered by it: without regard to case, null first."""
    return (text or "").casefold()


def matches(term: str, texts: Sequence[str | None]) -> bool:
    """Whether each word of a search term stands in one of the texts."""
    whole = "\n".join(text.casefold() for text in texts if text)
    return all(word in whole for word in term.casefold().split())


def chosen(call: RequestContext, name: str, model: type[Any], guarded: bool) -> list[Any]:
    """The records that a filter names (`customer`, or `customers[]`).

    Where that is `guarded` unknown ids are left out, and one that the caller has no access to is a 403; otherwise no
    access is needed, and unknown ids are 404.
    """
    numbers = [*_as_list(call.filters(name)), *_as_list(call.filters(_plural(name)))]
    if not guarded:
        # An empty item of a list is the id of nothing.
        numbers += [number for number in call.raw_query.get(_plural(name), ()) if number == ""]
        return [by_id(call, model, number) for number in dict.fromkeys(numbers)]
    results = [record for n in dict.fromkeys(numbers) if _is_id(n) and (record := call.session.get(model, int(n)))]
    if not all(call.access.lists(record) for record in results):
        raise forbidden()
    return results


def _plural(name: str) -> str:
    return {"activity": "activities[]"}.get(name, f"{name}s[]")


def _as_list(value: Any) -> list[str]:
    return [] if value is None else value if isinstance(value, list) else [value]


def change_meta(call: RequestContext) -> Reply:
    """Set a custom field: there are none, so that every name is unknown. Raises 400 for a body without both keys."""
    body = call.body if isinstance(call.body, dict) else {}
    if any(body.get(key) is None for key in ("name", "value")):
        raise bad_request()
    if isinstance(body["name"], list | dict):
        raise ReleaseCrash
    raise not_found()
