"""The command behind `serve`: an embedded Kimai, or a proxy that plants faults, in the foreground until interrupted."""

from __future__ import annotations

import shlex
import signal
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from conformance.embedded.errors import EmbeddedError
from conformance.embedded.server import EmbeddedKimai


def serve(
    port: int,
    users: Path | None,
    database: Path | None,
    emulate: str,
    faults: Sequence[str],
    settings: Sequence[str],
    proxy: str | None,
    unflawed: bool,
) -> int:
    """Serve until SIGINT or SIGTERM, then return 0.

    Prints the URL and the lines to `export`. `settings` are `KEY=VALUE`. With `proxy`, the instance at that URL is
    served with the faults planted on the way, and there is no embedded Kimai. Raises `UsageError` for bad input.
    """
    if proxy is not None:
        return _serve_proxy(proxy, faults, port, users)
    kimai = EmbeddedKimai(users, database, emulate, parsed(settings), faults, port, not unflawed)
    with kimai, _actors_file(kimai, users) as actors:
        _say(f"# Kimai {emulate}, embedded, at {kimai.url} (Ctrl-C ends it)")
        _say_exports(kimai.url, actors)
        wait_for_signal()
    return 0


def _serve_proxy(url: str, faults: Sequence[str], port: int, users: Path | None) -> int:
    from conformance.embedded.proxy import Proxy
    from conformance.embedded.store.users import load

    with Proxy(url, faults, port=port, users=load(users) if users else None) as proxy:
        _say(f"# {url} with {len(faults)} planted faults at {proxy.url} (Ctrl-C ends it)")
        _say_exports(proxy.url, users.resolve() if users else None)
        wait_for_signal()
    return 0


def _say_exports(url: str, actors: Path | None) -> None:
    """Print what a shell can source: all of the output is commands and comments."""
    _say(f"export KIMAI_URL={shlex.quote(url)}")
    if actors:
        _say(f"export KIMAI_ACTORS={shlex.quote(str(actors))}")


def list_faults() -> int:
    """Print a line a fault: id, clause ids, description, with tabs between them."""
    from conformance.embedded.faults import lines

    for line in lines():
        _say(line)
    return 0


def parsed(settings: Sequence[str]) -> dict[str, str]:
    """The settings of `KEY=VALUE` texts. Raises `EmbeddedError` for a text without `=`."""
    result = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise EmbeddedError(
                f"setting {setting!r} lacks its value: KEY=VALUE",
                "The keys are listed by: kimai-conformance docs fake-kimai",
            )
        result[name] = value
    return result


@contextmanager
def _actors_file(kimai: EmbeddedKimai, users: Path | None) -> Iterator[Path]:
    """The file that describes the users: the given one, or a private one that goes when the server ends."""
    if users is not None:
        yield users.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="kimai-conformance-") as folder:
        yield kimai.write_users_file(Path(folder) / "actors.json")


def wait_for_signal() -> None:
    """Return when the process is told to end, by SIGTERM or, unless a shell has it ignore Ctrl-C, by SIGINT."""
    event = threading.Event()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, lambda *_: event.set())
    try:
        while not event.wait(1.0):
            pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say(line: str) -> None:
    print(line, flush=True)
