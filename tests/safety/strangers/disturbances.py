"""What a broken network, gateway or cache may do to a request: one decorated function each.

A disturbance takes the proxy and a request, and returns the answer that the run gets; None resets the connection.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tests.safety.strangers.proxy import Answer, Disturbance, DisturbingProxy, Passing

Fits = Callable[[Passing], bool]


@dataclass(frozen=True)
class Entry:
    """A disturbance with its description. `fits`: the requests that it is drawn for.

    `fair`: a run can do right by everybody in spite of it; the others show what no client could see through.
    """

    name: str
    description: str
    apply: Disturbance
    fits: Fits
    fair: bool

    def __call__(self, proxy: DisturbingProxy, passing: Passing) -> Answer | None:
        """Disturb a request."""
        return self.apply(proxy, passing)


DISTURBANCES: dict[str, Entry] = {}


def _any(_passing: Passing) -> bool:
    return True


def _never(_passing: Passing) -> bool:
    return False


def _writes(passing: Passing) -> bool:
    return passing.writes


def _creates(passing: Passing) -> bool:
    return passing.creates


def _creates_for_good(passing: Passing) -> bool:
    """Leave out what starts a clock: one that starts late may stop a person's, whoever sent it."""
    timesheet = passing.path.startswith("/api/timesheets")
    return passing.creates and (not timesheet or (passing.method == "POST" and bool(passing.sent.get("end"))))


def _creates_or_deletes(passing: Passing) -> bool:
    return _creates_for_good(passing) or passing.method == "DELETE"


def _lists(passing: Passing) -> bool:
    return passing.method == "GET" and (passing.path.count("/") == 2 or passing.path == "/api/tags/find")


def _items(passing: Passing) -> bool:
    return passing.method == "GET" and passing.path.count("/") == 3 and passing.path.rpartition("/")[2].isdigit()


def _deletes(passing: Passing) -> bool:
    return passing.method == "DELETE"


def disturbance(name: str, fits: Fits, *, fair: bool = True) -> Callable[[Disturbance], Disturbance]:
    """Enter a function under a name; its docstring says what happens."""

    def enter(apply: Disturbance) -> Disturbance:
        DISTURBANCES[name] = Entry(name, (apply.__doc__ or "").strip(), apply, fits, fair)
        return apply

    return enter


@disturbance("answer-lost", _writes)
def answer_lost(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """It is carried out, and the connection is reset before the answer."""
    proxy.forward(passing)
    return None


@disturbance("answer-is-502", _writes)
def answer_is_502(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """It is carried out, and answered 502 by the gateway."""
    proxy.forward(passing)
    return Answer(502, b"<html>Bad Gateway</html>", (("content-type", "text/html"),))


@disturbance("request-lost", _writes)
def request_lost(_proxy: DisturbingProxy, _passing: Passing) -> Answer | None:
    """It never arrives, and the connection is reset."""
    return None


def late(requests: float) -> Disturbance:
    """Return a disturbance: no answer comes, and it is carried out so many requests later."""

    def carried_out_late(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
        proxy.keep_back(passing, requests)
        return None

    return carried_out_late


def late_by(seconds: float) -> Disturbance:
    """Return a disturbance: a gateway answers 504, and it is carried out so many seconds later."""

    def carried_out_late(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
        proxy.keep_back_for(passing, seconds)
        return Answer(504)

    return carried_out_late


@disturbance("overtaken", _creates_or_deletes)
def overtaken(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """No answer comes, and the next request is carried out before it."""
    return late(1.5)(proxy, passing)


@disturbance("late", _creates_for_good)
def late_within_the_run(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """No answer comes, and it is carried out 3 to 42 requests later."""
    return late(3 + passing.number * 7 % 40)(proxy, passing)


@disturbance("after-the-end", _creates_for_good)
def late_after_the_end(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """No answer comes, and it is carried out when the run has ended."""
    return late(float("inf"))(proxy, passing)


@disturbance("waits-for-another", _writes)
def waits_for_another(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """Another request overtakes it where one is under way; its answer is right."""
    proxy.turn.wait(0.2)
    return proxy.forward(passing)


@disturbance("twice", _writes)
def twice(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """It is delivered twice, and the first answer is given."""
    answer = proxy.forward(passing)
    proxy.forward(passing)
    return answer


@disturbance("twice-with-the-second-answer", _writes)
def twice_second(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """It is delivered twice, and the second answer is given."""
    proxy.forward(passing)
    return proxy.forward(passing)


@disturbance("foreign-id", _creates)
def foreign_id(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """It is carried out, and its answer has the id of somebody else's oldest record; all else is right."""
    theirs = proxy.foreign(_collection(passing))
    return _with_id(proxy.forward(passing), theirs[0] if theirs else {})


@disturbance("newer-foreign-id", _creates)
def newer_foreign_id(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """It is carried out, and its answer has the id of somebody else's newest record; all else is right."""
    theirs = proxy.foreign(_collection(passing))
    return _with_id(proxy.forward(passing), theirs[-1] if theirs else {})


@disturbance("foreign-id-and-not-done", _creates)
def foreign_id_and_not_done(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """It is not carried out; its answer has what was sent, with the id of somebody else's newest record."""
    theirs = proxy.foreign(_collection(passing))
    return _json({**theirs[-1], **passing.sent, "id": theirs[-1]["id"]}) if theirs else proxy.forward(passing)


@disturbance("foreign-record", _creates)
def foreign_record(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """It is carried out, and answered with somebody else's whole record."""
    answer = proxy.forward(passing)
    theirs = proxy.foreign(_collection(passing))
    return _json(theirs[-1]) if answer.ok and theirs else answer


@disturbance("older-answer", _creates)
def older_answer(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """It is carried out, and answered with what an earlier request of that kind was answered."""
    answer = proxy.forward(passing)
    return _older(proxy, passing) or answer


@disturbance("another-record", _items)
def another_record(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """A GET of one record is answered with another one's, which was read or made before."""
    answer = proxy.forward(passing)
    for before in reversed(proxy.log[:-1]):
        same = before.path.split("/")[2:3] == passing.path.split("/")[2:3] and before.path != passing.path
        if same and before.answer and before.answer.ok and isinstance(before.answer.json(), dict):
            return before.answer
    return answer


@disturbance("foreign-records-in-a-list", _lists)
def foreign_records_in_a_list(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """A list has a record of somebody else too, which was not asked for."""
    answer, theirs = proxy.forward(passing), proxy.foreign(passing.path)
    listed = answer.json()
    if not answer.ok or not isinstance(listed, list) or not theirs:
        return answer
    return replace(answer, body=json.dumps([*listed, theirs[-1]]).encode())


@disturbance("foreign-ids-in-a-list", _lists)
def foreign_ids_in_a_list(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """The first record of a list has the id of somebody else's."""
    answer, theirs = proxy.forward(passing), proxy.foreign(passing.path)
    listed = answer.json()
    if not answer.ok or not theirs or not isinstance(listed, list) or not listed or not isinstance(listed[0], dict):
        return answer
    return replace(answer, body=json.dumps([{**listed[0], "id": theirs[-1]["id"]}, *listed[1:]]).encode())


@disturbance("older-list", _lists, fair=False)
def older_list(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """A list is the one that the same request was answered before."""
    same = [item for item in proxy.log[:-1] if item.target == passing.target and item.answer and item.answer.ok]
    return same[-1].answer if same else proxy.forward(passing)


@disturbance("truncated", _any)
def truncated(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """It is carried out, and the connection breaks in the middle of the body."""
    return replace(proxy.forward(passing), cut=True)


@disturbance("half-a-body", _any)
def half_a_body(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """It is carried out, and answered with half of the body, as if that were all."""
    answer = proxy.forward(passing)
    return replace(answer, body=answer.body[: len(answer.body) // 2])


@disturbance("busy", _any)
def busy(_proxy: DisturbingProxy, _passing: Passing) -> Answer | None:
    """It is answered 503, and not carried out."""
    return Answer(503, b'{"code": 503, "message": "Service Unavailable"}')


@disturbance("busy-for-a-while", _any)
def busy_for_a_while(_proxy: DisturbingProxy, _passing: Passing) -> Answer | None:
    """It is answered 503 with Retry-After, and not carried out."""
    return Answer(503, b"", (("retry-after", "0"),))


@disturbance("done-though-busy", _writes)
def done_though_busy(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    """It is answered 503 with Retry-After, and carried out all the same."""
    proxy.forward(passing)
    return Answer(503, b"", (("retry-after", "0"),))


@disturbance("delete-not-done", _deletes)
def delete_not_done(_proxy: DisturbingProxy, _passing: Passing) -> Answer | None:
    """A DELETE is answered 204, and not carried out."""
    return Answer(204, b"", ())


@disturbance("cut-off", _never)
def cut_off(proxy: DisturbingProxy, _passing: Passing) -> Answer | None:
    """From now on nothing arrives, and every connection is reset."""
    proxy.is_cut = True
    return None


def _collection(passing: Passing) -> str:
    """Return the path of the list that a created record stands in."""
    parts = passing.path.strip("/").split("/")
    return "/" + "/".join(parts[:-2] if parts[-1] in ("restart", "duplicate") else parts)


def _json(value: Any) -> Answer:
    return Answer(200, json.dumps(value).encode())


def _with_id(answer: Answer, theirs: Mapping[str, Any]) -> Answer:
    made = answer.json()
    if not answer.ok or not isinstance(made, dict) or not theirs:
        return answer
    return replace(answer, body=json.dumps({**made, "id": theirs["id"]}).encode())


def _older(proxy: DisturbingProxy, passing: Passing) -> Answer | None:
    for before in reversed(proxy.log[:-1]):
        if (before.method, before.path) == (passing.method, passing.path) and before.answer and before.answer.ok:
            return before.answer
    return None
