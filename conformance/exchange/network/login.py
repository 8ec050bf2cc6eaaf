"""The form login for /api/doc: a client of its own on the same transport, one POST, its cookies thrown away."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

import httpx

from conformance.exchange.connection import Connection
from conformance.exchange.errors import LoginError, NoAnswer
from conformance.exchange.network import LOGIN
from conformance.exchange.network.redaction import LONG
from conformance.model import Actor

DOC = "/api/doc"
HINT = "Export the definition by hand from the page /api/doc, and give the file with --definition."
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_STEPS = 3


def fetch_doc_page(client: Connection, actor: Actor) -> str:
    """Return the HTML of /api/doc, after a form login with the actor's name and password.

    Raises LoginError where there is no such login (two factors, single sign-on), or where it is refused.
    """
    if actor.password is None:
        raise LoginError(f"the page {DOC} takes a password, and {actor.name} has none configured", HINT)
    with _Login(client) as login:
        return login.fetch(actor)


@dataclass
class _Form:
    """A login form: where it goes, and the values that it brings along."""

    action: str = ""
    method: str = "get"
    hidden: dict[str, str] = field(default_factory=dict)
    inputs: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[_Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(_Form(values.get("action", ""), values.get("method", "get").lower()))
        elif tag == "input" and self.forms and values.get("name"):
            self.forms[-1].inputs.add(values["name"])
            if values.get("type", "").lower() == "hidden":
                self.forms[-1].hidden[values["name"]] = values.get("value", "")


class _Login:
    """One login, by a client of its own on the same transport, which lets its few requests pass and nothing else."""

    def __init__(self, client: Connection) -> None:
        self._connection = client
        self._client = httpx.Client(transport=_Shared(client), trust_env=False, follow_redirects=False)

    def __enter__(self) -> _Login:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.cookies.clear()
        self._client.close()

    def fetch(self, actor: Actor) -> str:
        page = self._get(self._connection.base + DOC)
        if page.status_code == 200 and not _login_form(page.text):
            return page.text
        url, page = self._follow(page)
        form = _login_form(page.text)
        if form is None:
            raise LoginError(
                f"{url} has no form with a user name and a password: two factors or a single sign-on, perhaps", HINT
            )
        action = urljoin(url, form.action)
        if not self._connection.exemptions.is_ours(httpx.URL(action)) or form.method != "post":
            raise LoginError(f"the login form goes to {httpx.URL(action).host}, which is not the instance", HINT)
        assert actor.password is not None
        self._connection.redactor.add(*(value for value in form.hidden.values() if len(value) >= LONG))
        values = {**form.hidden, "_username": actor.name, "_password": actor.password.reveal()}
        with self._connection.exemptions.one_post(action):
            answer = self._send("POST", action, urlencode(values).encode())
        target = urljoin(action, answer.headers.get("location", ""))
        if answer.status_code in _REDIRECTS and "2fa" in target:
            raise LoginError(f"the login of {actor.name} asks for a second factor", HINT)
        page = self._get(self._connection.base + DOC)
        if page.status_code != 200:
            raise LoginError(
                f"the login of {actor.name} did not open {DOC}: it answered {page.status_code}; a wrong password,"
                " a second factor, or no right to see the page",
                HINT,
            )
        return page.text

    def _follow(self, page: httpx.Response) -> tuple[str, httpx.Response]:
        """Follow the way to the login form by hand, on the same origin only."""
        url = self._connection.base + DOC
        for _ in range(_MOST_STEPS):
            if page.status_code not in _REDIRECTS:
                break
            url = urljoin(url, page.headers.get("location", ""))
            if not self._connection.exemptions.is_ours(httpx.URL(url)):
                raise LoginError(f"{DOC} sends to {httpx.URL(url).host}: a single sign-on, perhaps", HINT)
            page = self._get(url)
        if page.status_code != 200:
            raise LoginError(f"the way to the login form ended at {url} with {page.status_code}", HINT)
        return url, page

    def _get(self, url: str) -> httpx.Response:
        return self._send("GET", url, None)

    def _send(self, method: str, url: str, body: bytes | None) -> httpx.Response:
        headers = {**self._connection.config.headers, "accept": "text/html"}
        if body is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
            headers["referer"] = url
        request = self._client.build_request(method, url, headers=headers, content=body, extensions={LOGIN: True})
        try:
            response = self._client.send(request)
        except NoAnswer as error:
            raise LoginError(f"{DOC} could not be had: {error.reason}", HINT) from error
        self._connection.redactor.add(*self._client.cookies.values())
        return response


class _Shared(httpx.BaseTransport):
    """The client's transport, which the login's client must not close."""

    def __init__(self, client: Connection) -> None:
        self._connection = client

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._connection.transport.handle_request(request)


def _login_form(html: str) -> _Form | None:
    forms = _Forms()
    forms.feed(html)
    return next((form for form in forms.forms if {"_username", "_password"} <= form.inputs), None)
