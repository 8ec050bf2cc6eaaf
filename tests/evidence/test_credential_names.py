"""Which variable stands for the secret of a request."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from conformance.exchange.network.credential_names import CredentialNames
from conformance.model import Secret, Token, secrets_in, without_secret_attributes
from tests import processes
from tests.evidence.telling import ACTORS, BOSS, LEAD

PAST = Token("past", Secret("past-token-123456"), datetime(2020, 1, 1, tzinfo=UTC))
SECOND = Token("second", Secret("other-token-123456"))
VALID = "lead-token-123456"


@pytest.mark.parametrize(
    ("header", "variable"),
    [
        ("Bearer boss-token-123456", "KIMAI_TOKEN_SUPER_ADMIN"),
        (f"Bearer {VALID}", "KIMAI_TOKEN_TEAMLEAD"),
        ("Bearer past-token-123456", "KIMAI_EXPIRED_TOKEN"),
        ("Bearer other-token-123456", "KIMAI_TOKEN_TEAMLEAD_TOKEN_3"),
        ("Bearer boss-password", "KIMAI_PASSWORD"),
        ("Bearer never-issued", "KIMAI_WRONG_TOKEN"),
        (f"Basic {VALID}", "KIMAI_TOKEN_TEAMLEAD"),
        ("", "KIMAI_TOKEN_TEAMLEAD"),
    ],
)
def test_a_secret_has_the_name_of_its_case(header: str, variable: str) -> None:
    lead = replace(LEAD, tokens=(*LEAD.tokens, PAST, SECOND))
    names = CredentialNames((BOSS, lead))
    assert names.of(lead, {"authorization": header}).variable == variable


@pytest.mark.parametrize("near", [f"{VALID}z", VALID[:-2], f"{VALID[:-4]}zzzz"])
def test_a_near_miss_is_made_of_the_valid_token_by_the_shell(near: str) -> None:
    credential = CredentialNames(ACTORS).of(LEAD, {"authorization": f"Bearer {near}"})
    assert credential.variable == "KIMAI_WRONG_TOKEN"
    assert near not in credential.default
    done = processes.run(["sh", "-c", f'printf %s "{credential.default}"'], env={"KIMAI_TOKEN_TEAMLEAD": VALID})
    assert done.stdout == near


def test_actors_of_one_role_are_told_apart() -> None:
    other = replace(LEAD, name="other lead")
    assert CredentialNames((*ACTORS, other)).variables["other lead"] == "KIMAI_TOKEN_TEAMLEAD_2"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ('{"plainPassword": "a\\"b", "name": "x"}', '{"plainPassword": "***", "name": "x"}'),
        ("{'plainPassword': 'geheim', 'a': 1}", "{'plainPassword': \"***\", 'a': 1}"),
        ("plainApiToken=geheim&a=1", "plainApiToken=***&a=1"),
        ('{"plainPassword": null}', '{"plainPassword": null}'),
        ("the password is refused", "the password is refused"),
    ],
)
def test_secret_attributes_are_masked_in_every_writing(text: str, masked: str) -> None:
    assert without_secret_attributes(text) == masked


def test_secrets_of_a_body_are_those_that_could_be_one() -> None:
    assert secrets_in(b'{"plainPassword": "geheim-123456", "plainApiToken": "short"}') == ["geheim-123456"]
    assert secrets_in(b'[{"password": "geheim-123456"}, 1]') == ["geheim-123456"]
    assert secrets_in(b'{"plainPassword": ') == []
