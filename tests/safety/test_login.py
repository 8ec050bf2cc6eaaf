"""The form login for /api/doc: one POST to the form's own action, cookies thrown away, clear errors otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from conformance.exchange import LoginError, Refused, fetch_doc_page

from .fake import ADMIN, PLAIN, URL, Fake, client

CSRF = "csrf-canary-0123456789abcdef"
SESSION = "session-canary-0123456789abcdef"
PAGE = "<html>docs.apiDescriptionDocument = {}</html>"


@dataclass
class Pages:
    """The pages around a login. `action` and `form` may be made hostile."""

    action: str = "/en/login_check"
    form: str = '<input name="_username"><input name="_password" type="password">'
    first: str = "/en/login"
    after: str = "/en/homepage"
    works: bool = True
    prefix: str = ""
    posted: list[dict[str, list[str]]] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response | None:
        path = request.url.path.removeprefix(self.prefix)
        if path == "/api/doc":
            if self.works and f"PHPSESSID={SESSION}" in request.headers.get("cookie", ""):
                return httpx.Response(200, text=PAGE)
            return httpx.Response(
                302, headers={"location": self.prefix + self.first if "//" not in self.first else self.first}
            )
        if path == "/en/login":
            token = f'<input type="hidden" name="_csrf_token" value="{CSRF}">'
            hidden = token + '<input type="hidden" name="_target" value="/en/">'
            search = '<form action="/search"><input name="q"></form>'
            page = f'{search}<form method="post" action="{self.prefix}{self.action}">'
            return httpx.Response(200, text=page + self.form + hidden + "</form>")
        if request.method == "POST" and path == "/en/login_check":
            self.posted.append(parse_qs(request.content.decode()))
            cookie = f"PHPSESSID={SESSION}; path=/; HttpOnly"
            return httpx.Response(302, headers={"location": self.after, "set-cookie": cookie})
        return None


@pytest.mark.parametrize("prefix", ["", "/time"])
def test_the_page_is_fetched_and_nothing_is_kept(tmp_path: Path, prefix: str) -> None:
    pages = Pages(prefix=prefix)
    fake = Fake(before=pages)
    with client(fake, tmp_path, url=URL + prefix) as opened:
        assert fetch_doc_page(opened, ADMIN) == PAGE
        assert pages.posted == [
            {"_username": ["boss"], "_password": ["Passw0rd-boss"], "_csrf_token": [CSRF], "_target": ["/en/"]}
        ]
        assert fake.writes == [f"POST {prefix}/en/login_check"]
        opened.session(ADMIN).get("/api/ping")
        assert "cookie" not in fake.seen[-1].headers
        assert opened.redactor.text(f"{SESSION} {CSRF}") == "*** ***"
        for method, path in (("POST", "/en/login_check"), ("GET", "/en/login")):
            with pytest.raises(Refused):
                opened.transport.handle_request(httpx.Request(method, URL + prefix + path))


@pytest.mark.parametrize(
    ("pages", "says"),
    [
        (Pages(first="https://sso.test/login"), "sso.test"),
        (Pages(form='<input name="email">'), "no form with a user name"),
        (Pages(action="//evil.test/collect"), "not the instance"),
        (Pages(action="http://evil.test/collect"), "not the instance"),
        (Pages(after="/en/2fa"), "second factor"),
        (Pages(works=False), "did not open"),
        (Pages(first="/api/doc"), "ended at"),
    ],
)
def test_other_logins_ask_for_the_exported_definition(tmp_path: Path, pages: Pages, says: str) -> None:
    pages = replace(pages, posted=[])
    fake = Fake(before=pages)
    with client(fake, tmp_path) as opened, pytest.raises(LoginError, match=says) as caught:
        fetch_doc_page(opened, ADMIN)
    assert "--definition" in caught.value.hint
    assert {request.url.host for request in fake.seen} == {"kimai.test"}
    assert len(pages.posted) <= 1


def test_without_a_password_nothing_is_sent(tmp_path: Path) -> None:
    fake = Fake()
    with client(fake, tmp_path) as opened, pytest.raises(LoginError):
        fetch_doc_page(opened, PLAIN)
    assert fake.seen == []
