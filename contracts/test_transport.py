"""HTTPS: plain HTTP is not served, the certificate holds, clients are told to stay. Source: REST API, HTTPS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from conformance.exchange import Credentials
from conformance.probes import ProbeContext
from conformance.probes.access.transport import plain_http, validity
from conformance.verdict import NOT_OBSERVABLE, Judge, clause

NEAR_END = timedelta(days=14)
"""What a certificate should have left; of one that is short-lived, and so renewed late, this part of its whole time."""

SHARE_LEFT = 0.15


def over_https(context: ProbeContext, judge: Judge) -> bool:
    """Say where the instance is not reached over HTTPS."""
    if context.client.config.url.startswith("https://"):
        return True
    judge.skip(f"{NOT_OBSERVABLE}: the instance is not reached over HTTPS")
    return False


@clause("auth.https")
def test_plain_http_is_not_served(context: ProbeContext, judge: Judge) -> None:
    """One request without credentials over plain HTTP is redirected or refused."""
    if not over_https(context, judge):
        return
    answer = plain_http(context)
    if answer is None:
        judge.check(True, operation="GET /api/ping", value="http://", expected="not served", got="not served")
        return
    # Another site, or the page of an access proxy, may be what answers on that port: the API speaks JSON.
    served = (answer.ok or answer.status in (401, 403)) and "json" in answer.headers.get("content-type", "")
    judge.check(
        not served, operation="GET /api/ping", value="http://", expected="not served",
        got=f"served: {answer.status}" if served else "not served", exchange=answer,
    )  # fmt: skip


@clause("auth.certificate")
def test_certificate_is_not_about_to_expire(context: ProbeContext, judge: Judge) -> None:
    """The certificate is valid, which every request has shown, and stays so for two weeks."""
    if not over_https(context, judge):
        return
    certificate = validity(context)
    if not certificate:
        judge.skip(f"{NOT_OBSERVABLE}: the connection does not tell its certificate")
        return
    begins, ends = certificate["notBefore"], certificate["notAfter"]
    enough = ends - datetime.now(UTC) > min(NEAR_END, (ends - begins) * SHARE_LEFT)
    judge.check(
        enough, operation="GET /api/ping", expected="not about to expire",
        got="not about to expire" if enough else "about to expire", reason=f"valid until {ends:%Y-%m-%d %H:%M} UTC",
    )  # fmt: skip


@clause("auth.hsts")
def test_hsts(context: ProbeContext, judge: Judge) -> None:
    """Whether Strict-Transport-Security is sent is reported."""
    if over_https(context, judge):
        answer = context.session().with_credentials(Credentials.none()).get("/api/ping")
        judge.observe(operation="GET /api/ping", got=answer.headers.get("strict-transport-security", "not sent"))


@clause("auth.last-usage")
def test_last_usage(judge: Judge) -> None:
    """No answer shows when a token was last used."""
    judge.skip(f"{NOT_OBSERVABLE}: no answer shows when a token was last used")


@clause("auth.token-name")
def test_token_name(judge: Judge) -> None:
    """No answer shows a token's name or expiry date."""
    judge.skip(f"{NOT_OBSERVABLE}: no answer shows a token's name or expiry date")
