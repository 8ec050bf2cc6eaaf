"""Names the secret of a request, so that a reproducer can carry the credentials of the case and never others.

A request that was harmless only because it was refused must not be told with a valid token.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from conformance.model import Actor

WRONG, EXPIRED, PASSWORD = "KIMAI_WRONG_TOKEN", "KIMAI_EXPIRED_TOKEN", "KIMAI_PASSWORD"


@dataclass(frozen=True)
class Credential:
    """The variable that stands for a secret, and what a shell sets it to by itself (may be empty)."""

    variable: str
    default: str = ""


class CredentialNames:
    """Knows the variables of the actors: `KIMAI_TOKEN_` and the role, with a number from the second of a role on."""

    def __init__(self, actors: Iterable[Actor]) -> None:
        self._actors = tuple(actors)
        self.variables: dict[str, str] = {}
        roles = Counter[str]()
        for actor in self._actors:
            role = actor.role.removeprefix("ROLE_")
            roles[role] += 1
            self.variables[actor.name] = f"KIMAI_TOKEN_{role}" + (f"_{roles[role]}" if roles[role] > 1 else "")

    def of(self, actor: Actor, headers: Mapping[str, str]) -> Credential:
        """Return the name of the secret in a request that was sent as `actor`, with these headers."""
        own = Credential(self.variables.get(actor.name, "KIMAI_TOKEN"))
        bearer = headers.get("authorization", "")
        sent = bearer.removeprefix("Bearer ") if bearer.startswith("Bearer ") else ""
        if not sent:
            return own  # No secret, or a valid one in a place or a form where it counts for nothing.
        return next(self._known(sent), None) or self._nearly(sent)

    def _known(self, sent: str) -> Iterator[Credential]:
        for actor in self._actors:
            for number, token in enumerate(actor.tokens):
                if token.secret.reveal() == sent:
                    variable = self.variables[actor.name] + ("" if token is _first(actor) else f"_TOKEN_{number + 1}")
                    yield Credential(EXPIRED if token.expired else variable)
            if actor.password is not None and actor.password.reveal() == sent:
                yield Credential(PASSWORD)

    def _nearly(self, sent: str) -> Credential:
        """Return a wrong token; one that is nearly a valid one as a shell makes it of that one."""
        for actor in self._actors:
            for token in actor.tokens:
                valid, variable = token.secret.reveal(), self.variables[actor.name]
                if sent != valid and token is _first(actor) and sent.startswith(valid[:-4]) and len(valid) > 8:
                    same = [one == other for one, other in zip(sent, valid, strict=False)]
                    kept = [*same, False].index(False)
                    cut = "%" + "?" * (len(valid) - kept) if kept < len(valid) else ""
                    return Credential(WRONG, f"${{{variable}{cut}}}{sent[kept:]}")
        return Credential(WRONG, "a-token-that-was-never-issued")


def _first(actor: Actor) -> object:
    return next((token for token in actor.tokens if not token.expired), None)
