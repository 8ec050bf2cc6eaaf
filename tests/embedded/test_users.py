"""The users file: what it does, and how a broken one is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conformance.embedded.errors import EmbeddedError
from conformance.embedded.store import users
from conformance.model import UsageError
from tests.embedded.conftest import Start

USER = {"username": "ann", "email": "ann@example.com", "tokens": [{"token": "secret-token"}]}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('{\n  "users": [\n    oops\n', "line 3"),
        ("[]", '"users" must hold a list'),
        ('{"users": []}', "at least one user"),
        ('{"users": [1]}', r"users\[0\] must be an object"),
        (json.dumps({"users": [USER, {"username": "bob"}]}), r"users\[1\].email must be a text"),
        (json.dumps({"users": [{**USER, "timezone": "Mars/Base"}]}), r"users\[0\].timezone"),
        (json.dumps({"users": [{**USER, "roles": ["ROLE_KING"]}]}), r"users\[0\].roles"),
        (json.dumps({"users": [{**USER, "tokens": {}}]}), r"users\[0\].tokens must be a list"),
        (json.dumps({"users": [{**USER, "tokens": [{}]}]}), r"users\[0\].tokens\[0\].token"),
        (
            json.dumps({"users": [{**USER, "tokens": [{"token": "t", "expires_at": "soon"}]}]}),
            r"tokens\[0\].expires_at",
        ),
        (json.dumps({"users": [USER, {**USER, "username": "eve"}]}), "a token is given twice$"),
        (json.dumps({"users": [USER, USER]}), "a username is given twice: ann"),
    ],
)
def test_a_broken_file_is_told_by_line_or_key(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "users.json"
    path.write_text(content)
    with pytest.raises(EmbeddedError, match=told) as raised:
        users.load(path)
    assert "secret-token" not in str(raised.value)
    assert isinstance(raised.value, UsageError)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="No such file"):
        users.load(tmp_path / "none.json")


def test_ids_follow_the_file_and_tokens_their_dates(tmp_path: Path, start: Start) -> None:
    tokens: list[dict[str, Any]] = [
        {"name": "a", "token": "good", "expires_at": "2099-01-01T00:00:00"},
        {"name": "b", "token": "old", "expires_at": "2001-01-01T00:00:00"},
    ]
    path = tmp_path / "users.json"
    path.write_text(json.dumps({"users": [USER, {**USER, "username": "bob", "tokens": tokens}]}))
    kimai = start(users=path)
    for token, status in (("good", 200), ("old", 401)):
        answer = kimai.client.get("/api/users/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status
    assert kimai.client.get("/api/users/me", headers={"Authorization": "Bearer good"}).json()["id"] == 2


def test_the_built_in_users_are_such_a_file(tmp_path: Path, start: Start) -> None:
    kimai = start()
    path = kimai.kimai.write_users_file(tmp_path / "actors.json")
    assert path.stat().st_mode & 0o077 == 0
    assert users.load(path) == users.built_in()
    assert len({user["timezone"] for user in users.built_in()}) == 4
