"""Kinds of values: each is told from the others, for known defects and new ones are told apart by them."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.verdict.values import Kind, kind_of_value, sort_of


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, Kind.NOTHING), ("", Kind.NOTHING), ("  ", Kind.NOTHING), (False, Kind.FALSE), (True, Kind.TRUE),
        ([], Kind.EMPTY), ({}, Kind.EMPTY), (["a"], Kind.LIST), ({"a": 1}, Kind.OBJECT), ({"": 1}, Kind.OBJECT),
        ({"a b.": 1}, Kind.KEYED), ("x" * 65_535, Kind.LONG), ("x" * 65_536, Kind.BYTES), ("漢" * 21_846, Kind.BYTES),
        ("x" * 256, Kind.LONG), ("x" * 255, Kind.TEXT), ("a\0", Kind.NUL), ("2024-05-06T10:00:00\0", Kind.NUL),
        ("a\x07", Kind.CONTROL), ("x😀", Kind.ASTRAL), ("2024-05-06T10:00:00", Kind.MOMENT),
        ("9999-12-31T23:59:59", Kind.LAST_DAY), ("10000-01-01T00:00:00", Kind.LAST_DAY), ("9999-12-30", Kind.LATE),
        ("0001-01-01T00:00:00", Kind.EARLY), ("1899-12-31", Kind.EARLY), ("99999999999999999999:00", Kind.HOURS_64),
        ("9999999:00", Kind.BEYOND_32), ("1:30", Kind.NUMBER_AS_TEXT), ("99999999999999999999", Kind.BEYOND_64),
        (2**63, Kind.BEYOND_64), (1e308, Kind.BEYOND_64), (2**31, Kind.BEYOND_32), (-1, Kind.NEGATIVE),
        (0.5, Kind.FRACTION), (float("nan"), Kind.FRACTION), (12, Kind.NUMBER), ("O'Hara", Kind.SIGNS),
        ("Zoë", Kind.TEXT),
    ],
)  # fmt: skip
def test_kinds_of_values(value: Any, kind: Kind) -> None:
    assert kind_of_value(value) is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (" a:b" * 36, Kind.MANY_FIELDS), (" a:b" * 35, Kind.SIGNS), (": d:~", Kind.UNSET_FIELDS),
        ("a:b d:~", Kind.SIGNS), ("http://a:b", Kind.SIGNS),
    ],
)  # fmt: skip
def test_a_search_is_told_by_its_fields(text: str, kind: Kind) -> None:
    assert kind_of_value(text, "term") is kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [("de DE", Kind.NO_LOCALE), ("x" * 250, Kind.NO_LOCALE), ("xx", Kind.TEXT), ("pt_BR", Kind.SIGNS)],
)
def test_a_locale_is_told_by_its_letters(text: str, kind: Kind) -> None:
    assert kind_of_value(text, "locale") is kind


def test_what_forms_take_for_the_same_is_one_sort() -> None:
    assert len({sort_of(kind) for kind in (Kind.EMPTY, Kind.LIST, Kind.OBJECT, Kind.KEYED)}) == 1
    assert sort_of(Kind.FALSE) == sort_of(Kind.NOTHING) != sort_of(Kind.TRUE)
