"""Tags."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from conformance.embedded.errors import ReleaseCrash, forbidden
from conformance.embedded.forms.rules import check_unique_name
from conformance.embedded.handlers.common import fill, folded, form_of, remove_target, save
from conformance.embedded.store.models import Tag
from conformance.embedded.store.state import Reply, RequestContext
from conformance.embedded.web.serialise import answer


def _matching(call: RequestContext, term: str | None) -> list[Tag]:
    """The visible tags whose name holds the term, by name."""
    tags = call.session.scalars(select(Tag).where(Tag.visible))
    matching = [tag for tag in tags if term is None or term.casefold() in (tag.name or "").casefold()]
    return sorted(matching, key=lambda tag: folded(tag.name))


def _names(call: RequestContext) -> Reply:
    if "name[]" in call.raw_query:
        raise ReleaseCrash
    return Reply([tag.name for tag in _matching(call, call.filters("name"))])


def _find(call: RequestContext) -> Reply:
    """The tags whose name holds the sent term, an empty one included; none where none was sent."""
    return answer(call, _matching(call, call.filters("name")) if "name" in call.raw_query else [])


def _create(call: RequestContext) -> Reply:
    if not (call.access.has("manage_tag") or call.access.has("create_tag")):
        raise forbidden()
    tag = fill(call, Tag(visible=False), form_of(call, "TagEditForm"), check_unique_name)
    return answer(call, save(call, tag))


HANDLERS = {
    "GET /api/tags": _names,
    "GET /api/tags/find": _find,
    "POST /api/tags": _create,
    "DELETE /api/tags/{id}": partial(remove_target, Tag, "delete_tag"),
}
