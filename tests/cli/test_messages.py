"""Every message that ends a command says what to do next, in words that need no glossary."""

from __future__ import annotations

import re

import pytest

from tests.cli.messages import Message, messages

ALL = list(messages())
SAYS_IT_ITSELF = ("setting {}: ", "there is no setting {}. ", "there is no Kimai {} to emulate. ")
"""Messages that name the words which are right: `FakeKimai` shows nothing but the message."""
FOR_PROGRAMMERS = "{} has not been started"
OF_THE_HOUSE = re.compile(r"\b(ledger|intent|mend|deviation|capabilit\w+|harness)\b")


def test_all_are_read() -> None:
    assert len(ALL) > 100
    assert any("--read-only" in message.hint for message in ALL)


@pytest.mark.parametrize("message", ALL, ids=lambda message: message.place)
def test_a_message_says_what_to_do_next(message: Message) -> None:
    assert message.hint or message.text.startswith(SAYS_IT_ITSELF) or message.text == FOR_PROGRAMMERS


@pytest.mark.parametrize("message", ALL, ids=lambda message: message.place)
def test_a_message_is_plain(message: Message) -> None:
    assert not OF_THE_HOUSE.search(f"{message.text} {message.hint}")
    assert not message.text.endswith(".") or message.text.endswith(" {}.")
    assert re.match(r"[a-z{\-]|GET |Authorization", message.text)
