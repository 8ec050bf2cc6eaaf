"""Reads an answer's body in bounded time and memory, whatever the instance sends."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import httpx

from conformance.exchange.errors import NoAnswer

_WINDOWS = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
ACCEPTED = "gzip, deflate"
_STEP = 64 * 1024


@dataclass(frozen=True)
class BodyResult:
    """A body. `truncated` where it was longer than the cap; `garbled` where it could not be decompressed."""

    body: bytes
    truncated: bool = False
    undecodable: bool = False


def read_body(response: httpx.Response, cap: int, in_time: Callable[[], None]) -> BodyResult:
    """Return the decompressed body, at most `cap` bytes of it, and close the answer.

    `in_time` raises once the request's time is up. Only one layer of gzip or deflate is undone: it is all that was
    asked for, and a bomb needs layers.
    """
    encodings = [word.strip().lower() for word in response.headers.get("content-encoding", "").split(",")]
    encodings = [encoding for encoding in encodings if encoding not in ("", "identity")]
    try:
        chunks = _raw(response.stream, in_time)
        if not encodings:
            return _collect(chunks, cap)
        if len(encodings) == 1 and encodings[0] in _WINDOWS:
            return _decompressed(chunks, _WINDOWS[encodings[0]], cap)
        kept = _collect(chunks, cap)
        return BodyResult(kept.body, kept.truncated, undecodable=True)
    finally:
        response.close()


def _raw(stream: object, in_time: Callable[[], None]) -> Iterator[bytes]:
    if not isinstance(stream, Iterable):
        raise NoAnswer("the answer has no body to read")
    for chunk in stream:
        in_time()
        yield chunk


def _collect(chunks: Iterable[bytes], cap: int) -> BodyResult:
    kept = bytearray()
    for chunk in chunks:
        kept += chunk
        if len(kept) > cap:
            return BodyResult(bytes(kept[:cap]), truncated=True)
    return BodyResult(bytes(kept))


def _decompressed(chunks: Iterable[bytes], window: int, cap: int) -> BodyResult:
    kept, raw = bytearray(), bytearray()
    machine = zlib.decompressobj(window)
    try:
        for chunk in chunks:
            raw += chunk[: max(0, cap - len(raw))]
            pending = chunk
            while pending:
                kept += machine.decompress(pending, _STEP)
                pending = machine.unconsumed_tail
                if len(kept) > cap:
                    return BodyResult(bytes(kept[:cap]), truncated=True)
                if machine.eof:
                    break
    except zlib.error:
        return BodyResult(bytes(raw), undecodable=True)
    return BodyResult(bytes(kept), undecodable=not machine.eof)
