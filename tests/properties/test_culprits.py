"""Server errors are told apart by sorts of values, so that a finding is the same from run to run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.properties.running.culprits import sort_of_error, sort_of_value
from conformance.words import Exchange

PLAIN = {"name": "x", "begin": "2025-01-01T00:00:00"}


def broken(body: Any, target: str = "/api/customers") -> Exchange:
    sent = None if body is None else json.dumps(body).encode()
    return Exchange("POST", target, "POST /api/customers", "ada", {}, sent, 500, {}, b"")


@pytest.mark.parametrize(
    ("value", "sort"),
    [
        (None, "nothing"), (True, "true"), (False, "nothing"), ([], "a list or"), (["a"], "a list or"),
        ({"a": 1}, "or an object"), ("", "nothing"), ("  ", "nothing"), ("x😀\x00", "beyond the basic plane"),
        ("a\x00", "control"), ("x" * 70_000, "a long text"), ("2025-01-01", "a date"), ("9999999:00", "a number as"),
        ("O'Hara", "signs"), ("Zoë", "a text"), (-1, "negative"), (1e300, "huge"), (float("nan"), "a fraction"),
    ],
)  # fmt: skip
def test_sorts_of_values(value: Any, sort: str) -> None:
    assert sort in sort_of_value(value)


def test_whichever_attribute_showed_it_is_the_same_finding() -> None:
    one = sort_of_error(broken({**PLAIN, "phone": "漢字 😀"}), PLAIN)
    other = sort_of_error(broken({**PLAIN, "fax": "conformance-test-1a2b 𝔸"}), PLAIN)
    assert one == other == "POST /api/customers 500 a text with characters beyond the basic plane"


def test_another_sort_of_value_is_another_finding() -> None:
    assert sort_of_error(broken({**PLAIN, "phone": []}), PLAIN) != sort_of_error(broken({**PLAIN, "phone": ""}), PLAIN)


def test_parameters_keep_their_names() -> None:
    assert sort_of_error(broken(None, "/api/customers?term=%27"), {}) == (
        "POST /api/customers 500 term=a text with signs"
    )


def test_a_body_that_is_no_object() -> None:
    assert sort_of_error(broken([1]), {}).endswith("500 a list or an object as the body")
