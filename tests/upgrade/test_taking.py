"""A snapshot of somebody's instance: the same bytes again, no secret, nothing left behind, whatever happens."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from conformance.cli.main import main
from conformance.embedded.server import EmbeddedKimai
from conformance.probes.context import ProbeContext
from conformance.upgrade import collect
from conformance.upgrade.facts import Fact
from conformance.upgrade.questions import QUESTIONS, forms, rights, times
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


def test_the_same_instance_gives_the_same_bytes_and_no_secret(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    # Forms and rights are most of the requests and all statuses and flags: the rest is where ids and times could show.
    asked = {title: item for title, item in QUESTIONS.items() if item not in (forms.ask, rights.ask)}
    monkeypatch.setattr(collect, "QUESTIONS", asked)
    assert run("one.json", "--write") == 0
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert run("two.json", "--write") == 0
    text = run.path("one.json").read_text()
    assert text == run.path("two.json").read_text()
    assert run.kimai.url not in text
    secrets = [token["token"] for user in run.kimai.users for token in user["tokens"]]
    assert not [secret for secret in secrets if secret in text]
    facts = read(run.path("one.json")).facts
    assert sum(fact.state == "observed" for fact in facts) / len(facts) > 0.95


def test_two_rounds_with_new_records_agree(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, times.ask)
    monkeypatch.setattr(collect, "ROUNDS", 2)
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
