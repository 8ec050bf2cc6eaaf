"""Words that decide deviations and fingerprints: none is written that is not in the enumeration, and none is stale."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from conformance.verdict import load_deviations
from conformance.verdict.result_words import ResultWord

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("contracts", "conformance/probes", "conformance/properties", "conformance/run", "conformance/verdict")
WORDS = set(ResultWord)
STATUS = re.compile(r"\d+(, [a-zA-Z ]+)?( or \d+)*")
"""A status or a number, with what belongs to it."""
MEMBER = re.compile(r"[A-Z]( \(lead\))?")
"""How a probe names the members of a team."""


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if path.name != "result_words.py":
                yield path, ast.parse(path.read_text(encoding="utf-8"))


def literals(node: ast.expr) -> Iterator[str]:
    """Yield the texts that an argument may be; what is made at run time is not one."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*literals(body), *literals(orelse))
        case ast.BoolOp(values=values):
            yield from (text for value in values for text in literals(value))


def written() -> Iterator[tuple[str, str]]:
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                for keyword in node.keywords:
                    if keyword.arg in ("expected", "got", "cause"):
                        yield from ((text, f"{path.name}:{node.lineno}") for text in literals(keyword.value) if text)


def test_every_word_of_a_check_is_in_the_enumeration() -> None:
    unknown = {text: place for text, place in written() if text not in WORDS and not STATUS.fullmatch(text)}
    assert unknown == {}, "add them to conformance/verdict/result_words.py, or take the word that is there"


def behaviours() -> set[str]:
    return {word for entry in load_deviations() for one in entry.behaviours for word in one.split(", ")}


def test_every_behaviour_of_a_deviation_is_in_the_enumeration() -> None:
    unknown = {word for word in behaviours() - WORDS if not (STATUS.fullmatch(word) or MEMBER.fullmatch(word))}
    assert unknown == set()


def test_no_word_of_the_enumeration_is_stale() -> None:
    texts = {node.value for _, tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert WORDS - texts - behaviours() == set()
