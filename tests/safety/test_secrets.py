"""Canary secrets that the instance echoes in every form: none comes out of the client."""

from __future__ import annotations

import base64
import html
import io
import json
import logging
import re
import traceback
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, quote_plus

import httpx
import pytest

from conformance.exchange import Credentials, NoAnswer, RecordFactory, RedactingFilter, Redactor, Refused
from conformance.model import MASK, Exchange, Secret, Token

from .fake import ACTORS, MARK, Fake, client

CANARY = 'canary/T0ken+with=odd&chars"é-0123456789'
PASSWORD = "canary Pässw0rd <&> 42"
EXPIRED = "canary-expired-0123456789"
BOSS = replace(
    ACTORS[0],
    tokens=(
        Token("suite", Secret("canary-Bearer-0123456789~x")),
        Token("odd", Secret(CANARY)),
        Token("old", Secret(EXPIRED)),
    ),
    password=Secret(PASSWORD),
)
SECRETS = ("canary-Bearer-0123456789~x", CANARY, EXPIRED, PASSWORD)


def forms(secret: str) -> list[str]:
    """Return what a secret may look like in an answer."""
    raw = secret.encode()
    results = [secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret), raw.hex()]
    for before in (b"", b"a", b"ab"):
        for after in (b"", b"c", b"cd"):
            encoded = base64.b64encode(before + raw + after)
            results += [
                encoded.decode(),
                encoded.decode().rstrip("="),
                base64.urlsafe_b64encode(before + raw + after).decode(),
            ]
    return [*results, quote(secret, safe="").lower() if "%" in quote(secret, safe="") else secret]


def leaks(text: str) -> list[str]:
    """Return what of the secrets can still be read in a text: whole, decoded, or most of its base64."""
    results = [secret for secret in SECRETS if secret in text]
    for secret in SECRETS:
        for before in (b"", b"a", b"ab"):
            middle = base64.b64encode(before + secret.encode()).decode()[4:-4]
            results += [middle for item in (middle, middle.replace("+", "-").replace("/", "_")) if item in text]
        for entry in (quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1], secret.encode().hex()):
            results += [entry] if entry in text else []
    return results


@pytest.mark.parametrize("secret", SECRETS)
def test_every_form_is_blotted_out_of_text_and_bytes(secret: str) -> None:
    redactor = Redactor.of((BOSS,))
    for form in forms(secret):
        assert leaks(redactor.redact(f"<{form}>")) == [], form
        assert leaks(redactor.redact(f"<{form}>".encode()).decode()) == [], form


def test_what_is_no_secret_stays() -> None:
    redactor = Redactor.of((BOSS,))
    text = json.dumps({"name": "canary", "token": "something else", "password": None, "username": "boss"})
    assert redactor.text(text) == text
    assert Redactor([Secret("ab")]).text("ab abc") == "ab abc"


def test_exchanges_ledger_and_errors_hold_no_secret(tmp_path: Path) -> None:
    fake = Fake()
    echo = " ".join(form for secret in SECRETS for form in forms(secret))

    def echoing(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST":
            return httpx.Response(200, json={"id": 5, "name": f"{MARK} {echo}"})
        return httpx.Response(
            403,
            headers={
                "www-authenticate": f"echo {request.headers.get('authorization', '').encode().hex()}",
                "set-cookie": f"SESSION={base64.b64encode(CANARY.encode()).decode()}; path=/",
            },
            json={"echo": echo, "sent": dict(request.headers)},
        )

    fake.before = echoing
    heard: list[Exchange] = []
    with client(
        fake, tmp_path, actors=(BOSS,), is_embedded=True, headers={"X-Access": CANARY.replace("é", "e")}
    ) as opened:
        opened.listeners.append(heard.append)
        session = opened.session(BOSS)
        session.get("/api/ping")
        session.with_credentials(Credentials.query("access_token", Secret(PASSWORD))).get("/api/ping")
        session.with_credentials(Credentials.legacy("boss", Secret(PASSWORD))).get("/api/ping")
        session.with_credentials(Credentials.token(Secret(EXPIRED))).get("/api/ping")
        session.with_credentials(
            Credentials.header(Secret("Basic " + base64.b64encode(b"boss:" + PASSWORD.encode()).decode()))
        ).get("/api/ping")
        session.post("/api/customers", json={"name": f"{MARK} {CANARY}", "comment": PASSWORD})
        session.post(
            "/api/users", json={"username": f"{MARK} u", "email": "a@example.com", "plainPassword": "another secret 1"}
        )
        written = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    for exchange in heard:
        assert leaks(repr(exchange) + exchange.curl() + exchange.body.decode()) == []
    assert "$KIMAI_TOKEN" in heard[0].curl()
    assert leaks(written) == []
    assert "another secret 1" not in written
    assert [f'{{"name": "{name}", "digest": ' in written for name in ("suite", "odd", "old")] == [True] * 3
    assert [line for line in repr(heard).splitlines() if "SESSION=canary" in line] == []


def test_tracebacks_and_log_lines_hold_no_secret(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    fake = Fake()

    def cut(_: httpx.Request) -> httpx.Response:
        raise httpx.ReadError(f"cut while sending {CANARY}")

    with client(fake, tmp_path, actors=(BOSS,)) as opened, caplog.at_level(logging.DEBUG):
        session = opened.session(BOSS).with_credentials(Credentials.query("access_token", Secret(PASSWORD)))
        session.get("/api/ping")
        caught: list[BaseException] = []
        for attempt in ("refused", "cut"):
            fake.before = cut if attempt == "cut" else fake.before
            with pytest.raises((Refused, NoAnswer, Exception)) as error:
                opened.session(BOSS).send("GET" if attempt == "cut" else "DELETE", "/api/customers/7")
            caught.append(error.value)
        for item in caught:
            shown = traceback.TracebackException.from_exception(item, capture_locals=True)
            text = "".join(shown.format())
            assert leaks(opened.redactor.text(text)) == []
            assert "Authorization" not in text
            assert "canary-Bearer" not in text
    assert leaks(caplog.text) == []


def test_the_logging_filter_blots_messages_arguments_and_tracebacks() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RedactingFilter(Redactor.of((BOSS,))))
    logger = logging.Logger("canary")
    logger.addHandler(handler)
    logger.warning("sent %s", CANARY)
    assert stream.getvalue() == f"sent {MASK}\n"
    try:
        raise ValueError(PASSWORD)
    except ValueError:
        logger.exception("failed with %r", {"password": PASSWORD})
    assert leaks(stream.getvalue()) == []
    assert "Traceback" in stream.getvalue()


def test_words_that_were_invented_are_not_taken_for_secrets(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened:
        for word in ("null", "true", "name", "Bearer"):
            opened.session(ACTORS[0]).with_credentials(Credentials.token(word)).get("/api/ping")
        record = RecordFactory(opened).customer(comment="null is a name and true")
        assert record.body["comment"] == "null is a name and true"


def test_secrets_that_a_run_invents_are_told_nowhere(tmp_path: Path) -> None:
    fake = Fake()
    invented, drawn = Secret("invented-by-the-run-1"), "drawn-for-this-user-2"

    def echoing(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content or b"{}")
        return httpx.Response(400, json={"message": f"weak: {body.get('plainPassword')}"})

    fake.before = echoing
    heard: list[Exchange] = []
    with client(fake, tmp_path, actors=(BOSS,), is_embedded=True) as opened:
        opened.listeners.append(heard.append)
        for password in (invented, drawn):
            body = {"username": f"{MARK} u", "email": "a@example.com", "plainPassword": password}
            assert "invented-by-the-run-1" not in repr(body)
            opened.session(BOSS).post("/api/users", json=body)
        redacted = opened.redactor.text("the password invented-by-the-run-1 is weak")
        written = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert [json.loads(fake.seen[-1].content)["plainPassword"]] == [drawn]
    told = written + redacted + "".join(exchange.curl() + exchange.body.decode() for exchange in heard)
    assert "invented-by-the-run-1" not in told
    assert drawn not in told
    assert "$KIMAI_NEW_SECRET" in heard[-1].curl()


def test_a_text_that_was_clean_is_blotted_once_it_is_known_for_a_secret() -> None:
    redactor = Redactor([Secret("first-secret")])
    assert redactor.text("a later-secret here") == "a later-secret here"
    redactor.add("later-secret")
    assert redactor.text("a later-secret here") == "a *** here"


ODD = "a/b+c=d&e\"\u00e9<~()*!'>\\-x 0123"


@pytest.mark.parametrize(
    "form",
    [
        ODD, quote(ODD), quote(ODD, safe=""), quote_plus(ODD), quote(ODD, safe="~()*!'"),
        *(re.sub("%..", lambda match: match[0].lower(), quote(ODD, safe=safe)) for safe in ("", "/", "~()*!'")),
        re.sub("%..", lambda match: match[0].lower(), quote_plus(ODD)),
        json.dumps(ODD)[1:-1], json.dumps(ODD).replace("/", "\\/")[1:-1], html.escape(ODD),
        ODD.encode().hex(), ODD.encode().hex().upper(),
    ],
)  # fmt: skip
def test_a_form_of_a_secret_goes_as_a_whole(form: str) -> None:
    redactor = Redactor([Secret(ODD)])
    assert redactor.text(f"<{form}>") == f"<{MASK}>"
    assert redactor.redact(f"<{form}>".encode()) == f"<{MASK}>".encode()


@pytest.mark.parametrize(
    "secret", ["\xff\xfe\xfb\xff\xef\xbe0123456789", "0123456789a", "0123456789ab", "0123456789abc"]
)
@pytest.mark.parametrize("before", [b"", b"a", b"ab", b"abc"])
@pytest.mark.parametrize("after", [b"", b"c", b"cd", b"cde"])
def test_of_base64_at_most_the_edges_stay(secret: str, before: bytes, after: bytes) -> None:
    redactor = Redactor([secret])
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = encode(before + secret.encode() + after).decode()
        start, mask, end = redactor.text(text).partition(MASK)
        assert mask == MASK
        assert len(start.rstrip("=")) <= 2 + len(before) * 4 // 3
        assert len(end.rstrip("=")) <= 1 + (len(after) * 4 + 2) // 3


def test_a_user_with_a_password_in_basic_form_is_blotted() -> None:
    encoded = base64.b64encode(f"boss:{PASSWORD}".encode()).decode()
    assert len(Redactor.of((BOSS,)).text(encoded).replace(MASK, "").rstrip("=")) <= 2
    assert Redactor.of((replace(BOSS, password=None),)).text(PASSWORD) == PASSWORD


def test_how_long_a_secret_must_be() -> None:
    redactor = Redactor(["abcd", Secret("xyz")])
    assert redactor.text("abcd xyz") == f"{MASK} xyz"
    long = "x" * 300
    assert [redactor.text(f"{long} abcd {long}") for _ in range(2)] == [f"{long} {MASK} {long}"] * 2


def test_a_longer_secret_goes_before_a_shorter_one_in_it() -> None:
    for secrets in (("abcd", "abcdefgh"), ("abcdefgh", "abcd")):
        redactor = Redactor(secrets)
        assert redactor.text("<abcdefgh>") == f"<{MASK}>"
        assert redactor.redact(b"<abcdefgh>") == f"<{MASK}>".encode()


def test_a_traceback_that_was_formatted_before_is_blotted_too() -> None:
    record = logging.LogRecord("n", logging.ERROR, "p", 1, "m", (), None)
    record.exc_text = f"Traceback of {CANARY}"
    assert RedactingFilter(Redactor.of((BOSS,))).filter(record) is True
    assert record.exc_text == f"Traceback of {MASK}"
    plain = logging.LogRecord("n", logging.ERROR, "p", 1, "100%% of %s", ("x",), None)
    assert RedactingFilter(Redactor.of((BOSS,))).filter(plain) is True
    assert (plain.getMessage(), plain.exc_text) == ("100% of x", None)
