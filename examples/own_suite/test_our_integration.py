"""What an integration that books hours relies on."""

from __future__ import annotations

import pytest

from conformance.exchange import Client, RecordFactory
from conformance.model import Actor
from conformance.verdict import Judge


def test_our_user_may_read_itself(client: Client, actors: tuple[Actor, ...]) -> None:
    for actor in actors:
        answer = client.session(actor).get("/api/users/me")
        assert answer.status == 200
        assert answer.json()["username"] == actor.name


def test_a_customer_that_we_make_is_listed(client: Client, actors: tuple[Actor, ...], records: RecordFactory) -> None:
    """The record is named as a test's, and deleted when the tests have ended."""
    customer = records.customer(visible=True, billable=True)
    listed = client.session(actors[0]).get("/api/customers").json()
    assert customer.id in {record["id"] for record in listed}


@pytest.mark.clause("data.read-is-answered")
def test_the_colours_that_we_show(judge: Judge, client: Client, actors: tuple[Actor, ...]) -> None:
    """A promise of our own choice is judged as in the suite, and stands in its reports."""
    answer = client.session(actors[0]).get("/api/config/colors")
    judge.check(answer.ok, operation="GET /api/config/colors", expected="200", got=str(answer.status), exchange=answer)
