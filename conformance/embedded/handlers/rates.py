"""The rates of customers, projects and activities."""

from __future__ import annotations

from functools import partial
from typing import Any

from conformance.embedded.errors import not_found
from conformance.embedded.forms import Submitted
from conformance.embedded.forms.rules import USED
from conformance.embedded.handlers.catalog import KINDS, Kind
from conformance.embedded.handlers.common import by_id, fill, form_of, remove, save, target
from conformance.embedded.store.models import ActivityRate, CustomerRate, ProjectRate
from conformance.embedded.store.state import Reply, RequestContext
from conformance.embedded.web.serialise import answer

_MODELS: dict[str, type[Any]] = {"customer": CustomerRate, "project": ProjectRate, "activity": ActivityRate}


def _parent(kind: Kind, call: RequestContext) -> Any:
    parent = target(call, kind.model)
    call.access.require_content(["edit"], parent)
    return parent


def _create(kind: Kind, call: RequestContext) -> Reply:
    parent = _parent(kind, call)
    record = _MODELS[kind.word](parent_id=parent.id, rate=0.0, is_fixed=False)
    rated = {rate.user_id for rate in parent.rates}

    def check(_call: RequestContext, result: Submitted, rate: Any) -> None:
        rate.rate = rate.rate or 0.0
        if (rate.user.id if rate.user else None) in rated:
            result.reject("user", USED)

    fill(call, record, form_of(call, f"{kind.model.__name__}RateForm"), check)
    parent.rates.append(record)
    return answer(call, save(call, record))


def _delete(kind: Kind, call: RequestContext) -> Reply:
    parent = target(call, kind.model)
    rate = by_id(call, _MODELS[kind.word], call.parameters["rateId"])
    call.access.require_content(["edit"], parent)
    if rate.parent_id != parent.id:
        raise not_found()
    reply = remove(call, rate)
    call.session.flush()
    call.session.expire(parent, ["rates"])
    return reply


HANDLERS = {
    f"{method} {kind.path}/{{id}}/rates{rest}": partial(action, kind)
    for kind in KINDS
    for method, rest, action in (
        ("GET", "", lambda kind, call: answer(call, _parent(kind, call).rates)),
        ("POST", "", _create),
        ("DELETE", "/{rateId}", _delete),
    )
}
