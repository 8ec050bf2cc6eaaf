"""What refused writes were aimed at is looked at once, as long as nothing was written in between."""

from __future__ import annotations

from pathlib import Path

from conformance.definition import Definition
from conformance.probes.access.auth_targets import observed, target_for
from tests.contracts.checking import probe_context


def test_a_look_is_shared_until_something_is_written(definition: Definition, tmp_path: Path) -> None:
    with probe_context(definition, tmp_path) as context:
        target = target_for(context, context.index["PATCH /api/customers/{id}"])
        assert target is not None
        first, sent = observed(context, target), context.client.requests
        assert observed(context, target) == first
        assert context.client.requests == sent
        context.session().patch(target.path, json={"name": context.name("renamed")})
        assert observed(context, target) != first
        assert context.client.requests == sent + 2
