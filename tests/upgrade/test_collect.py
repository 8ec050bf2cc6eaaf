"""A snapshot of somebody's instance: the same bytes again, no secret, nothing left behind, whatever happens."""

from __future__ import annotations

import json
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from conformance.cli.main import main
from conformance.embedded.server import EmbeddedKimai
from conformance.exchange import CleanupReport
from conformance.probes.context import ProbeContext
from conformance.run import finish
from conformance.upgrade import collect, questions
from conformance.upgrade.facts import Fact
from conformance.upgrade.questions import QUESTIONS, forms, reads, rights, times
from conformance.upgrade.snapshot import read

pytestmark = pytest.mark.xdist_group("upgrade-taking")


class Run:
    """Takes snapshots by the command line."""

    def __init__(self, kimai: EmbeddedKimai, folder: Path) -> None:
        self.kimai, self.folder = kimai, folder
        self.actors = kimai.write_users_file(folder / "actors.json")

    def __call__(self, name: str, *more: str) -> int:
        """Return the exit status of a snapshot into a file of that name."""
        with pytest.raises(SystemExit) as caught:
            main(["snapshot", "--out", str(self.path(name)), "--url", self.kimai.url, "--profile", "smoke",
                  "--actors", str(self.actors), *more])  # fmt: skip
        return int(caught.value.code or 0)

    def path(self, name: str) -> Path:
        return self.folder / name

    def records(self) -> dict[str, int]:
        """Return how many records there are of each kind."""
        token = self.kimai.users[0]["tokens"][0]["token"]
        with httpx.Client(base_url=self.kimai.url, headers={"Authorization": f"Bearer {token}"}) as client:
            paths = {"customers": "visible=3", "projects": "visible=3&ignoreDates=1", "activities": "visible=3",
                     "timesheets": "user=all", "teams": "", "tags/find": ""}  # fmt: skip
            return {path: len(client.get(f"/api/{path}?{query}").json()) for path, query in paths.items()}


@pytest.fixture
def run(kimai: EmbeddedKimai, state: Path, tmp_path: Path) -> Iterator[Run]:
    one = Run(kimai, tmp_path)
    before = one.records()
    yield one
    assert one.records() == before
    assert not list(state.glob("runs/*"))


def only(monkeypatch: pytest.MonkeyPatch, question: Callable[[ProbeContext], Iterator[Fact]]) -> None:
    monkeypatch.setattr(collect, "QUESTIONS", {"one question": question})


def test_questions_ask_by_probes_alone() -> None:
    folder = Path(questions.__file__).parent
    asking = {path.name: re.findall(r"\.(?:session|send|get|post|patch|delete)\(\s*f?\"/api", path.read_text())
              + re.findall(r"\.session\(", path.read_text()) for path in folder.glob("*.py")}  # fmt: skip
    assert len(asking) > 5
    assert not any(asking.values()), asking


def test_the_same_instance_gives_the_same_bytes_and_no_secret(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # Forms and rights are most of the requests and all statuses and flags: the rest is where ids and times could show.
    asked = {title: item for title, item in QUESTIONS.items() if item not in (forms.ask, rights.ask)}
    monkeypatch.setattr(collect, "QUESTIONS", asked)
    assert run("one.json", "--write") == 0
    last = list(asked.items())
    monkeypatch.setattr(collect, "QUESTIONS", dict(reversed(last)))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    with people_at_work(run.kimai):
        assert run("two.json", "--write", "--seed", "7") == 0
    text = run.path("one.json").read_text()
    assert text == run.path("two.json").read_text()
    assert run.kimai.url not in text
    secrets = [token["token"] for user in run.kimai.users for token in user["tokens"]]
    assert not [secret for secret in secrets if secret in text]
    facts = read(run.path("one.json")).facts
    assert sum(fact.state == "observed" for fact in facts) / len(facts) > 0.95


@contextmanager
def people_at_work(kimai: EmbeddedKimai) -> Iterator[None]:
    """Give a person another name, a team, and a newer time record, and take the records away again."""
    token = kimai.users[0]["tokens"][0]["token"]
    with httpx.Client(base_url=kimai.url, headers={"Authorization": f"Bearer {token}"}) as client:

        def made(path: str, **body: Any) -> str:
            return f"/api/{path}/{client.post(f'/api/{path}', json=body).raise_for_status().json()['id']}"

        client.patch("/api/users/1", json={"alias": "The boss"}).raise_for_status()
        customer = made("customers", name="Theirs", country="DE", currency="EUR", timezone="UTC")
        project = made("projects", name="Theirs", customer=int(customer.rpartition("/")[2]), globalActivities=True)
        activity = made("activities", name="Theirs")
        team = made("teams", name="Theirs", members=[{"user": 1, "teamlead": True}])
        ids = {"project": int(project.rpartition("/")[2]), "activity": int(activity.rpartition("/")[2])}
        made("timesheets", **ids, begin="2026-01-15T10:00:00", end="2026-01-15T11:00:00")
        try:
            yield
        finally:
            for path in (team, activity, customer):
                client.delete(path).raise_for_status()
            client.patch("/api/users/1", json={"alias": None}).raise_for_status()


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/customers"), ("POST", "/api/timesheets")])
def test_a_lost_answer_is_not_observed(
    run: Run, monkeypatch: pytest.MonkeyPatch, method: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = {title: item for title, item in QUESTIONS.items() if item in (reads.ask, times.ask)}
    monkeypatch.setattr(collect, "QUESTIONS", kept)
    lost: list[str] = []
    send, ask = httpx.HTTPTransport.handle_request, collect._asked

    def losing(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        response = send(transport, request)
        if lost == ["asked"] and (request.method, request.url.path) == (method, path):
            lost.append(request.url.path)
            response.read()
            response.close()
            raise httpx.ReadTimeout("no answer", request=request)
        return response

    def asked(*arguments: Any) -> Iterator[Fact]:
        lost.append("asked")
        return ask(*arguments)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", losing)
    monkeypatch.setattr(collect, "_asked", asked)
    assert run("one.json", "--write") == 0
    assert len(lost) == 2
    unseen = [fact.answer for fact in read(run.path("one.json")).facts if fact.state == "not observed"]
    assert unseen == ["no answer"]
    assert "Traceback" not in capsys.readouterr().err


def test_who_is_shown_by_a_witness_to_see_everybody_deletes_what_was_made(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An administrator sees everybody's records, and that must be shown: their role does not say so."""
    two = {"users": [run.kimai.users[1], run.kimai.users[3]]}
    run.actors.write_text(json.dumps(two), encoding="utf-8")
    only(monkeypatch, rights.ask)
    assert run("two.json", "--write") == 0


def test_what_stays_does_not_cost_the_file(run: Run, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, times.ask)
    left = replace(CleanupReport.nothing(), left_behind=("customer 7",))
    own_clean_up = finish.clean_up

    def stays(*arguments: Any) -> CleanupReport:
        own_clean_up(*arguments)
        return left

    monkeypatch.setattr(collect, "clean_up", stays)
    assert run("one.json", "--write") == 4
    assert read(run.path("one.json")).facts
    # It is for `clean` to finish: here nothing stays but what the test says.
    (folder,) = state.glob("runs/*")
    shutil.rmtree(folder)


def test_a_comparison_with_an_instance_leaves_it_as_it_was(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only(monkeypatch, times.ask)
    token = run.kimai.users[0]["tokens"][0]["token"]

    def shown() -> list[Any]:
        with httpx.Client(base_url=run.kimai.url, headers={"Authorization": f"Bearer {token}"}) as client:
            return [client.get(f"/api/{kind}").json() for kind in ("customers", "projects", "activities", "teams")]

    with people_at_work(run.kimai):
        before = shown()
        with pytest.raises(SystemExit) as caught:
            main(["compare", "released:2.66.0", run.kimai.url, "--write", "--profile", "smoke", "--actors",
                  str(run.actors)])  # fmt: skip
        assert shown() == before
    assert caught.value.code == 0
    result = capsys.readouterr().out
    assert "Kimai 2.66.0 (the release as it came) to Kimai 2.66.0 (an instance)" in result


def test_two_rounds_with_new_records_agree(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, times.ask)
    monkeypatch.setattr(collect, "ROUNDS", {"smoke": 2})
    assert run("one.json", "--write") == 0
    assert {str(fact.state) for fact in read(run.path("one.json")).facts} == {"observed"}


def test_read_only_sees_less_and_writes_nothing(run: Run) -> None:
    assert run("one.json", "--read-only") == 0
    facts = read(run.path("one.json")).facts
    assert {str(item.state) for item in facts} == {"observed", "not observed"}
    assert sum(fact.state == "observed" for fact in facts) > 50


def make_and_raise(error: BaseException) -> Callable[[ProbeContext], Iterator[Fact]]:
    def question(context: ProbeContext) -> Iterator[Fact]:
        context.records.customer()
        raise error
        yield

    return question


@pytest.mark.parametrize(
    ("error", "status"), [(KeyboardInterrupt(), 130), (RuntimeError("a defect of ours"), 70)], ids=["Ctrl-C", "crash"]
)
def test_it_cleans_up_whatever_happens(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: BaseException, status: int
) -> None:
    only(monkeypatch, make_and_raise(error))
    assert run("one.json", "--write") == status
    assert not run.path("one.json").exists()


def test_sigterm_is_ctrl_c(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def question(context: ProbeContext) -> Iterator[Fact]:
        context.records.customer()
        signal.raise_signal(signal.SIGTERM)
        yield from ()

    only(monkeypatch, question)
    assert run("one.json", "--write") == 130


def test_too_few_requests_are_undecided(run: Run) -> None:
    assert run("one.json", "--write", "--max-requests", "60") == 5


def test_what_may_stay_is_named_and_no_exit_4(state: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert state.is_dir()
    with EmbeddedKimai(emulate="2.24.0") as kimai, pytest.MonkeyPatch.context() as patch:
        only(patch, lambda _lab: iter(()))
        assert Run(kimai, tmp_path)("one.json", "--write", "--allow", "undeletable") == 0
    captured = capsys.readouterr()
    assert "Kept, as --allow says: customer" in captured.out + captured.err
    assert (tmp_path / "one.json").exists()
