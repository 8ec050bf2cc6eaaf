"""Every message that ends a command, read from the source: `python -m tests.cli.messages` prints them, for review."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ERRORS = {"UsageError", "InstanceUnfitError", "GuardBrokenError", "EmbeddedError"}


@dataclass(frozen=True)
class Message:
    """One message: where it is raised, what is wrong, and what to do next; "{}" stands for a value."""

    place: str
    text: str
    hint: str


def messages() -> Iterator[Message]:
    """Yield the messages of all packages, in the order of their files."""
    for package in ("conformance", "contracts", "reports"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                    place = f"{path.relative_to(ROOT)}:{node.lineno}"
                    text, hint = (_text(node.args[number]) if len(node.args) > number else "" for number in (0, 1))
                    yield Message(place, text, hint)


def _text(node: ast.expr) -> str:
    """Return the text of an expression; "{}" for what is known only when it is raised."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    if isinstance(node, ast.BinOp):
        return _text(node.left) + _text(node.right)
    return "{}"


if __name__ == "__main__":
    for message in messages():
        print(f"{message.place}\n  {message.text}\n  > {message.hint}")
