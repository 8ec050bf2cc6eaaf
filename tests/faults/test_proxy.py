"""The proxy: everything passes unchanged but for what is planted."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from conformance.embedded.proxy import Proxy
from conformance.model import UsageError

from .tiny import Tiny


async def echo(request: Request) -> Response:
    body = (await request.body()).decode("latin-1")
    seen = {"path": request.scope["raw_path"].decode(), "query": request.url.query, "body": body}
    answer = JSONResponse({**seen, "host": request.headers["host"], "x": request.headers.get("x-more")})
    answer.raw_headers += [(b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    return answer


async def redirect(request: Request) -> Response:
    return RedirectResponse(f"http://{request.headers['host']}/en/login")


async def page(_request: Request) -> Response:
    return Response(b"<p>\xc3\xa4</p>", media_type="text/html")


@contextlib.contextmanager
def served(app: Any) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    routes = [Route("/api/redirect", redirect), Route("/api/page", page)]
    routes.append(Route("/{path:path}", echo, methods=["GET", "POST", "PATCH"]))
    with served(Starlette(routes=routes)) as url:
        yield url


@pytest.fixture(scope="module")
def proxy(upstream: str) -> Iterator[str]:
    with Proxy(upstream, []) as running:
        yield running.url


def test_requests_arrive_as_they_were_sent(proxy: str, upstream: str) -> None:
    body = b'{"a": 1}  \xff'
    result = httpx.post(f"{proxy}/api/a%2Fb?x=%5B%5D&y=a+b", content=body, headers={"x-more": "1"}).json()
    assert (result["path"], result["query"], result["x"]) == ("/api/a%2Fb", "x=%5B%5D&y=a+b", "1")
    assert result["body"].encode("latin-1") == body
    assert result["host"] == upstream.removeprefix("http://")


def test_answers_arrive_as_they_were_given(proxy: str, upstream: str) -> None:
    there, here = (httpx.get(f"{url}/api/page") for url in (upstream, proxy))
    assert here.content == there.content
    assert here.headers["content-type"] == there.headers["content-type"]
    assert httpx.get(f"{proxy}/api/x").headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert httpx.head(f"{proxy}/api/page").headers["content-length"] == there.headers["content-length"]


def test_a_redirect_stays_on_the_proxy(proxy: str) -> None:
    answer = httpx.get(f"{proxy}/api/redirect", follow_redirects=False)
    assert answer.headers["location"] == f"{proxy}/en/login"


def test_a_fault_is_planted_before_another_instance() -> None:
    with served(Tiny().app) as url, Proxy(f"{url}/kimai", ["offset-missing"]) as proxy:
        answer = httpx.get(f"{proxy.url}/api/timesheets/7", headers={"authorization": "Bearer strong"})
        assert proxy.url.endswith("/kimai")
        assert answer.json()["begin"] == "2026-07-01T10:00:00"


def test_an_instance_that_is_down_is_a_502_that_names_it() -> None:
    with Proxy("http://127.0.0.1:1", []) as proxy:
        answer = httpx.get(f"{proxy.url}/api/ping")
    assert answer.status_code == 502
    assert "http://127.0.0.1:1" in answer.json()["message"]


@pytest.mark.parametrize("url", ["ftp://x", "kimai", "http://"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="is not the URL of an instance"):
        Proxy(url, [])


def test_a_port_in_use_is_refused(upstream: str) -> None:
    with pytest.raises(UsageError, match="cannot be used"):
        Proxy(upstream, [], port=int(upstream.rpartition(":")[2])).start()
