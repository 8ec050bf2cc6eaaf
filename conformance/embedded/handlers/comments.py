"""The comments on customers and projects."""

from __future__ import annotations

from functools import partial
from typing import Any

from conformance.embedded.behaviour.datetimes import utc_now
from conformance.embedded.errors import forbidden
from conformance.embedded.handlers.catalog import KINDS, Kind
from conformance.embedded.handlers.common import by_id, fill, form_of, remove, save, target
from conformance.embedded.store.models import CustomerComment, ProjectComment
from conformance.embedded.store.state import Reply, RequestContext
from conformance.embedded.web.serialise import answer

_MODELS: dict[str, type[Any]] = {"customer": CustomerComment, "project": ProjectComment}


def _parent(kind: Kind, call: RequestContext, *rights: str) -> Any:
    parent = target(call, kind.model)
    call.access.require_content(["view", "comments", *rights], parent)
    return parent


def _comment(kind: Kind, call: RequestContext) -> Any:
    """The comment of the path, with the right to change it; one on another record is a 403."""
    parent = target(call, kind.model)
    comment = by_id(call, _MODELS[kind.word], call.parameters["comment"])
    call.access.require_content(["view", "edit", "comments"], parent)
    if comment.parent_id != parent.id:
        raise forbidden()
    return comment


def _list(kind: Kind, call: RequestContext) -> Reply:
    comments = sorted(_parent(kind, call).comments, key=lambda note: (note.pinned, note.created_at), reverse=True)
    return answer(call, comments)


def _create(kind: Kind, call: RequestContext) -> Reply:
    parent = _parent(kind, call)
    record = _MODELS[kind.word](parent_id=parent.id, pinned=False, created_at=utc_now(), created_by=call.user)
    fill(call, record, form_of(call, "CommentForm"))
    parent.comments.append(record)
    return answer(call, save(call, record))


def _pin(kind: Kind, call: RequestContext) -> Reply:
    comment = _comment(kind, call)
    comment.pinned = not comment.pinned
    return answer(call, comment)


HANDLERS = {
    f"{method} {kind.path}/{{id}}/comments{rest}": partial(action, kind)
    for kind in KINDS
    if kind.word in _MODELS
    for method, rest, action in (
        ("GET", "", _list),
        ("POST", "", _create),
        ("PATCH", "/{comment}/pin", _pin),
        ("DELETE", "/{comment}", lambda kind, call: remove(call, _comment(kind, call))),
    )
}
