"""How requests are refused: other credentials than a valid token, and the shape of an error's body."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from conformance.exchange import Credentials
from conformance.model import Actor
from conformance.probes.access.credentials import ask as ask_with
from conformance.probes.access.credentials import bad_credentials, shape_of
from conformance.probes.access.methods import other_methods
from conformance.probes.context import ProbeContext
from conformance.probes.records.specimens import apart
from conformance.probes.refusals.error_shapes import error_shapes
from conformance.upgrade.classify import VALID
from conformance.upgrade.facts import About, Fact, fact
from conformance.upgrade.questions.unseen import fact_or_unseen, facts_or_unseen

LABEL = "GET /api/users/me"
OTHERS = "PUT /api/timesheets/{id}"
OTHER_METHOD = "a method that is not documented"


def ask(context: ProbeContext) -> Iterator[Fact]:
    """Ask to be refused. Facts: CREDENTIALS, ERROR."""
    words = {VALID: (context.strongest, None), **bad_credentials(context)}
    words["lower case"] = (context.strongest, Credentials.header(f"bearer {context.strongest.token.secret.reveal()}"))
    for word, (actor, credentials) in words.items():
        yield from facts_or_unseen(
            partial(_credentials, context, word, actor, credentials), About.CREDENTIALS, LABEL, asked=word
        )
    for item in error_shapes(context):
        yield fact_or_unseen(About.ERROR, item.operation, item.got, item.unseen, asked=item.asked)
    yield from facts_or_unseen(partial(_other_methods, context), About.ERROR, OTHERS, asked=OTHER_METHOD)


def _other_methods(context: ProbeContext) -> Iterator[Fact]:
    own = apart(context)
    for item in other_methods(own, own.weakest):
        yield fact(About.ERROR, item.operation, item.got, role=item.by.role, asked=OTHER_METHOD)


def _credentials(context: ProbeContext, word: str, actor: Actor, credentials: Credentials | None) -> Iterator[Fact]:
    operation = context.index.get(LABEL)
    if operation is not None:
        answer = ask_with(context, operation, word, actor, credentials)
        yield fact(About.CREDENTIALS, LABEL, shape_of(answer), asked=word)
