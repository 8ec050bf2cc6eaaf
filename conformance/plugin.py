"""The pytest plugin: every option and fixture of the suite, here only.

In a supervised run the parent hands over a context (`--kimai-run FILE`). Plain
`pytest contracts conformance --kimai-url …` does the preflight by itself and cleans up as well as pytest's hooks allow.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Generator, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

import hypothesis.configuration
import pytest

from conformance.definition import Definition
from conformance.exchange import BudgetSpent, Client, NoAnswer, RecordFactory, Refused, Stopped, await_write
from conformance.model import Actor, CommandError, Place, UsageError
from conformance.probes.context import COLLECTION, Collection, ProbeContext
from conformance.probes.tape import Tape, answered_by, is_probe, tape_probes, taped
from conformance.properties.execution.reproducible import ignore_local_modules
from conformance.run import exclusive, parent_watch
from conformance.run.asked import Asked, asked_by, check_of
from conformance.run.context import SECRETS_VARIABLE, RunContext
from conformance.run.course import course
from conformance.run.places import endpoints_and_fields
from conformance.run.proof import Rejudging, least_of
from conformance.run.repeated_check import RepeatedCheck
from conformance.run.selecting import Chosen
from conformance.run.session import WorkerSession, open_session
from conformance.run.shards import Shard
from conformance.run.state import state_folder
from conformance.verdict import EventWriter, Judge
from conformance.verdict.repeating import Attempt

if TYPE_CHECKING:
    from conformance.run.plain_pytest import DirectRun

try:
    from _pytest.nodeid import coerce_node_id
except ImportError:  # before pytest 9.2
    coerce_node_id = None  # type: ignore[assignment]

WORKER_SESSION = pytest.StashKey[WorkerSession]()
ATTEMPT = pytest.StashKey[Attempt]()
"""What the judge of a check decides, before it is told."""
REJUDGING = pytest.StashKey[tuple[Rejudging, list[Place]]]()
"""A check that has judged, and what it decided: to be judged again with altered observations."""
CHECKS = pytest.StashKey[Counter[str]]()
"""How many checks of each clause there are, in all shards together."""
_WRITE_SECONDS = 5.0
"""How long a process whose parent has gone waits for the answer to its last write."""

SECRETS = pytest.StashKey[tuple[str, str]]()
DIRECT = pytest.StashKey["DirectRun"]()
SUMMARY = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the `--kimai-…` options; `kimai-conformance run --help` explains what they mean."""
    group = parser.getgroup("kimai", "kimai-conformance")
    group.addoption("--kimai-run", metavar="FILE", help="context of a supervised run (set by kimai-conformance run)")
    group.addoption("--kimai-select", metavar="JSON", help="selection of a supervised run (set by it)")
    group.addoption("--kimai-collect", metavar="FILE", help="write which checks decide which clause, and where")
    group.addoption("--kimai-shard", metavar="N/M", help="take only part N of M of the checks")
    group.addoption("--kimai-url", metavar="URL", help="the instance under test")
    group.addoption("--kimai-config", metavar="FILE", help="settings file instead of ./kimai-conformance.toml")
    group.addoption("--kimai-actors", metavar="FILE", help="users with their tokens; else KIMAI_TOKEN is used")
    group.addoption("--kimai-definition", metavar="FILE", help="the exported OpenAPI definition")
    group.addoption("--kimai-project", type=int, metavar="ID", help="a project to book on")
    group.addoption("--kimai-activity", type=int, metavar="ID", help="an activity to book on")
    group.addoption("--kimai-profile", metavar="NAME", help="smoke, standard or thorough")
    group.addoption("--kimai-seed", type=int, metavar="N", help="seed of all that is drawn")
    group.addoption("--kimai-write", action="store_true", default=None, help="allow the run's own records to be made")
    group.addoption("--kimai-read-only", action="store_true", default=None, help="send no write at all")
    group.addoption("--kimai-allow", action="append", metavar="CLASS", help="also allow operations of this class")
    group.addoption("--kimai-header", action="append", metavar="'NAME: VALUE'", help="extra header")
    group.addoption("--kimai-ca-file", metavar="FILE", help="certificates of a private CA")
    group.addoption("--kimai-accept", metavar="FILE", help="known findings of this instance")
    group.addoption("--kimai-report-dir", metavar="DIR", help="where the reports go (reports/out)")
    group.addoption("--kimai-max-requests", type=int, metavar="N", help="send no more requests than this")
    group.addoption("--kimai-strict", action="store_true", default=None, help="undecided MUST clauses are exit 5")


def pytest_configure(config: pytest.Config) -> None:
    """Open the session of every process that runs checks."""
    config.addinivalue_line("markers", "clause(id): the documented promise that a check decides")
    config.addinivalue_line("markers", "alone: comes last, and nothing else is asked while it runs")
    path, secrets_text = _handed_over(config)
    if path is None:
        if not _names_an_instance(config):
            return
        run = _prepared(config)
        config.stash[DIRECT] = run
        path, secrets_text = run.context_file, run.secrets_text
    config.stash[SECRETS] = (str(path), secrets_text)
    watch = _parent_watch(config)
    context = RunContext.read(Path(path), secrets_text)
    worker = str(getattr(config, "workerinput", {}).get("workerid", "main"))
    worker_session = open_session(context, worker, watch or (lambda: True))
    config.stash[WORKER_SESSION] = worker_session
    config.stash[COLLECTION] = Collection(
        index=worker_session.index,
        actors=context.actors,
        profile=context.profile,
        seed=context.seed,
        version=context.version,
        capabilities=frozenset(context.capabilities),
    )
    ignore_local_modules()
    hypothesis.configuration.set_hypothesis_home_dir(state_folder() / "hypothesis")


def _names_an_instance(config: pytest.Config) -> bool:
    """Whether an option names an instance; KIMAI_URL does where this plugin was asked for by name, with -p."""
    if any(config.getoption(name) for name in ("--kimai-url", "--kimai-config")):
        return True
    return "KIMAI_URL" in os.environ and "conformance.plugin" in (config.getoption("plugins") or [])


def _prepared(config: pytest.Config) -> DirectRun:
    """Return the run that the options mean; what is wrong with them ends pytest with a message, and no traceback."""
    from conformance.run.plain_pytest import prepare_direct  # Heavy, and of no use to a run's own processes.

    names = (
        "url", "config", "actors", "definition", "project", "activity", "profile", "seed", "write", "read_only",
        "allow", "header", "ca_file", "accept", "report_dir", "max_requests", "strict",
    )  # fmt: skip
    flags = {name: config.getoption("--kimai-" + name.replace("_", "-")) for name in names}
    try:
        return prepare_direct(flags)
    except UsageError as error:
        raise pytest.UsageError(f"{error}\n{error.hint}") from None
    except CommandError as error:
        pytest.exit(f"{error}\n{error.hint}", returncode=int(error.status))


def _handed_over(config: pytest.Config) -> tuple[str | None, str]:
    """Return path and secrets of the context: from the controller in a worker, else from option and environment."""
    handed = getattr(config, "workerinput", {}).get("kimai")
    if handed:
        return cast(tuple[str, str], tuple(handed))
    return config.getoption("--kimai-run"), os.environ.pop(SECRETS_VARIABLE, "[]")


def _end(config: pytest.Config) -> None:
    """End this process, once the answer to a write that is under way has been written down."""
    await_write(_WRITE_SECONDS)
    worker_session = config.stash.get(WORKER_SESSION, None)
    if worker_session:
        with contextlib.suppress(OSError):
            worker_session.count()
    os._exit(143)


def _parent_watch(config: pytest.Config) -> parent_watch.ParentWatch | None:
    """Watch the parent; a process whose parent has gone ends at once, for nobody waits for its results."""
    path = os.environ.get(parent_watch.VARIABLE)
    return parent_watch.ParentWatch(Path(path), on_end=lambda: _end(config)) if path else None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand the context to an xdist worker."""
    if SECRETS in node.config.stash:
        node.workerinput["kimai"] = node.config.stash[SECRETS]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take the checks of this shard, put last what must be alone, and let xdist's groups hold.

    xdist writes them into `_nodeid`, and from pytest 9.2 on the id is kept elsewhere.
    """
    checks = [item for item in items if {"judge", "context"} <= set(getattr(item, "fixturenames", ()))]
    config.stash[CHECKS] = Counter(clause for item in checks for clause in _clauses(item))
    modules = {item.module for item in checks if isinstance(item, pytest.Function)}
    # Those of `contracts` have functions that checks share.
    for module in modules | {module for name, module in sys.modules.items() if name.startswith("contracts.")}:
        tape_probes(module)
    if text := config.getoption("--kimai-shard"):
        _take_shard(config, items, Shard.parse(text))
    items.sort(key=_is_alone)
    _require_instance(config, items)
    _select(config, items)
    if coerce_node_id is None:
        return
    for item in items:
        grouped = item.__dict__.get("_nodeid")
        if grouped:
            cast(Any, item)._id = coerce_node_id(grouped)


def _take_shard(config: pytest.Config, items: list[pytest.Item], shard: Shard) -> None:
    """Deselect what the other shards take."""
    worker_session = config.stash.get(WORKER_SESSION, None)
    units = [_unit(item) for item in items]
    taken = shard.takes(units, worker_session.context.seed if worker_session else 1)
    others = [item for item, unit in zip(items, units, strict=True) if unit not in taken]
    items[:] = [item for item, unit in zip(items, units, strict=True) if unit in taken]
    if others:
        config.hook.pytest_deselected(items=others)


def _unit(item: pytest.Item) -> str:
    """Return what must stay together: the name of the item's xdist group, else the item itself."""
    group = item.get_closest_marker("xdist_group")
    return str(group.args[0]) if group and group.args else item.nodeid.partition("@")[0]


def _require_instance(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Raise UsageError where checks need an instance and none was named: all of them would be skipped, with exit 0."""
    needing = [item for item in items if "worker_session" in getattr(item, "fixturenames", ())]
    if needing and WORKER_SESSION not in config.stash and not config.getoption("collectonly"):
        raise pytest.UsageError(
            "no instance was named\nGive --kimai-url URL, or -p conformance.plugin with KIMAI_URL, and a token in "
            "KIMAI_TOKEN; for the embedded Kimai: kimai-conformance run."
        )


def _select(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the checks that the selection of the run means."""
    worker_session, text = config.stash.get(WORKER_SESSION, None), config.getoption("--kimai-select")
    if worker_session is None or not text:
        return
    chosen = Chosen.from_json(text)
    kept = [item for item in items if _is_chosen(worker_session, chosen, item)]
    left_out = [item for item in items if item not in kept]
    items[:] = kept
    if left_out:
        config.hook.pytest_deselected(items=left_out)


def _is_chosen(worker_session: WorkerSession, chosen: Chosen, item: pytest.Item) -> bool:
    check, _, label = item.nodeid.partition("[")
    label = label.partition("@")[0].removesuffix("]")
    clauses = _clauses(item)
    places = [
        place for name in clauses or [""] for place in endpoints_and_fields(check, name, label, worker_session.index)
    ]
    needs = {need for name in clauses for need in worker_session.clauses.named(name).needs}
    asked = asked_by().get(check_of(item.nodeid), Asked())
    return (
        chosen.takes_clause(check_of(item.nodeid), clauses)
        and chosen.takes_operation(places, asked.operations)
        and chosen.takes_role(label, needs, worker_session.context.actors, asked.roles)
    )


def pytest_collection_finish(session: pytest.Session) -> None:
    """Tell the parent how many checks there are."""
    worker_session = session.config.stash.get(WORKER_SESSION, None)
    if listed := session.config.getoption("--kimai-collect"):
        Path(listed).write_text(json.dumps([entry for item in session.items for entry in _placed(item)]), "utf-8")
    if worker_session and not hasattr(session.config, "workerinput"):
        _Progress.expect(len(session.items))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(ids: list[str]) -> None:
    """Tell the parent how many checks there are, where workers collect them: each of them collects all."""
    _Progress.expect(len(ids))


def _placed(item: pytest.Item) -> list[dict[str, str]]:
    """Return for each clause of a check its name and the endpoint and field that it is about."""
    check, _, place = item.nodeid.partition("[")
    return [{"clause": clause, "check": check, "place": place.removesuffix("]")} for clause in _clauses(item)]


def _is_alone(item: pytest.Item) -> bool:
    return item.get_closest_marker("alone") is not None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let a check that must be alone wait for the other processes, and these for it."""
    worker_session = item.config.stash.get(WORKER_SESSION, None)
    if worker_session is None:
        return (yield)
    worker_session.evidence.history.node = node_of(item)
    among_others = "workerinput" in vars(item.config)
    lock = (
        exclusive.run_lock(worker_session.context.folder, alone=_is_alone(item))
        if among_others
        else contextlib.nullcontext()
    )
    try:
        with lock, _timed(worker_session, item):
            result = yield
        # What stands behind the passes of a check that has ended. Source: DESIGN, "The verdict": `proof`.
        rejudging, decided = item.stash.get(REJUDGING, (None, []))
        if rejudging is not None:
            del item.stash[REJUDGING]
            worker_session.prove(
                rejudging, node_of(item), least_of(item.config.stash[CHECKS][_clauses(item)[0]]), decided
            )
        return result
    finally:
        worker_session.evidence.history.node = ""


def node_of(item: pytest.Item) -> str:
    """Return the id by which pytest finds a check again: xdist adds the group that it belongs to."""
    return re.sub(r"@[^\]@]*$", "", item.nodeid)


@contextlib.contextmanager
def _timed(worker_session: WorkerSession, item: pytest.Item) -> Iterator[None]:
    """Write how long a check took."""
    started = time.monotonic()
    try:
        yield
    finally:
        worker_session.events.check(_clauses(item), time.monotonic() - started, node_of(item))


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Let the judge end the check when its body has run, or could not go on: what it had decided stays decided."""
    judge = pyfuncitem.funcargs.get("judge")
    if not isinstance(judge, Judge):
        return (yield)
    worker_session, attempt, tape = pyfuncitem.config.stash[WORKER_SESSION], pyfuncitem.stash[ATTEMPT], Tape()
    pyfuncitem.funcargs.update({name: taped(cast(Any, v)) for name, v in pyfuncitem.funcargs.items() if is_probe(v)})
    check = RepeatedCheck(pyfuncitem, worker_session, judge, attempt)
    with check.concluded():
        result = None
        with answered_by(tape), course(judge):
            result = yield
        decided = [decision.place for decision in attempt.decisions]
    if "context" in pyfuncitem.funcargs:
        arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
        silent = partial(worker_session.silent_judge, judge.clause.id)
        rejudging = Rejudging(pyfuncitem.obj, arguments, tape.questions, silent, worker_session.client)
        pyfuncitem.stash[REJUDGING] = rejudging, decided
    judge.finish()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, object, object]:
    """Turn what the guard or a spent budget stopped into a skip with its reason, and our own crash into an error."""
    error = call.excinfo.value if call.excinfo else None
    worker_session = item.config.stash.get(WORKER_SESSION, None)
    if worker_session and error is not None:
        if isinstance(error, Refused | BudgetSpent | NoAnswer):
            worker_session.skipped(_clauses(item), str(error))
            call.excinfo = _as_skip(str(error))
        elif isinstance(error, CommandError):
            worker_session.stopped(error)
            item.session.shouldstop = str(error)
        elif isinstance(error, Stopped):
            item.session.shouldstop = "the run was stopped"
        elif not isinstance(error, pytest.fail.Exception | pytest.skip.Exception | KeyboardInterrupt):
            worker_session.crashed(_clauses(item), item.nodeid, error)
    report = yield
    if worker_session and isinstance(report, pytest.TestReport):
        # Tracebacks (with --showlocals too) and captured output may hold secrets.
        redact = worker_session.evidence.redact
        if report.longrepr is not None and not isinstance(report.longrepr, tuple):
            report.longrepr = redact(str(report.longrepr))
        report.sections = [(name, redact(text)) for name, text in report.sections]
    return report


def _as_skip(reason: str) -> pytest.ExceptionInfo[BaseException]:
    """Return what pytest makes of a skip raised here."""
    try:
        pytest.skip(reason)
    except pytest.skip.Exception:
        return pytest.ExceptionInfo.from_current()


def _clauses(item: pytest.Item) -> list[str]:
    return [str(clause) for mark in item.iter_markers("clause") for clause in mark.args]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count the checks that have ended, and those that failed, in the controller alone."""
    if report.failed:
        _Progress.failed.add(report.nodeid)
    if report.when == "teardown" and _Progress.worker_session:
        _Progress.done += 1
        label = report.nodeid.rpartition("::")[2]
        _Progress.worker_session.events.progress(_Progress.done, _Progress.total, label, len(_Progress.failed))


class _Progress:
    """How far the run is, as the process that the parent started sees it."""

    worker_session: WorkerSession | None = None
    done = 0
    total = 0
    failed: ClassVar[set[str]] = set()

    @classmethod
    def expect(cls, total: int) -> None:
        """Report that so many checks will be run."""
        cls.total = total
        if cls.worker_session:
            cls.worker_session.events.progress(cls.done, total, "collected")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let the controller report progress."""
    _Progress.worker_session = (
        None if hasattr(session.config, "workerinput") else session.config.stash.get(WORKER_SESSION, None)
    )
    _Progress.done = _Progress.total = 0
    _Progress.failed.clear()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the last events; clean up and give a verdict where no parent will: its exit status is pytest's.

    A worker does it here, where it is waited for: after the session xdist ends it within ten seconds.
    """
    if worker_session := session.config.stash.get(WORKER_SESSION, None):
        worker_session.close()
    run = session.config.stash.get(DIRECT, None)
    if run is None:
        return
    from conformance.run.plain_pytest import conclude_direct

    status, text = conclude_direct(run, int(exitstatus), partial=_is_partial(session.config))
    session.config.stash[SUMMARY] = text
    if status is not None:
        session.exitstatus = int(status)


def _is_partial(config: pytest.Config) -> bool:
    """Whether the options of a plain pytest leave something out; both folders together are the whole suite."""
    narrowed = any(config.getoption(name, None) for name in ("keyword", "markexpr", "lf", "deselect"))
    words = " ".join(str(argument) for argument in config.args)
    return bool(narrowed or "::" in words or "contracts" not in words or "properties" not in words)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the verdict of a plain pytest."""
    text = terminalreporter.config.stash.get(SUMMARY, "")
    if text:
        terminalreporter.section("kimai-conformance")
        terminalreporter.write(text)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close the client of a session that came to no end."""
    worker_session = config.stash.get(WORKER_SESSION, None)
    if worker_session:
        worker_session.close()


@pytest.fixture(scope="session")
def worker_session(pytestconfig: pytest.Config) -> WorkerSession:
    """Everything of this process that checks share."""
    answer = pytestconfig.stash.get(WORKER_SESSION, None)
    if answer is None:
        pytest.skip("no instance was named: use `kimai-conformance run`, or --kimai-url")
    return answer


@pytest.fixture(scope="session")
def client(worker_session: WorkerSession) -> Client:
    """The only client to the instance."""
    return worker_session.client


@pytest.fixture(scope="session")
def records(worker_session: WorkerSession) -> RecordFactory:
    """Makes the run's own records."""
    return worker_session.records


@pytest.fixture(scope="session")
def definition(worker_session: WorkerSession) -> Definition:
    """The instance's definition, mended."""
    return worker_session.definition


@pytest.fixture(scope="session")
def actors(worker_session: WorkerSession) -> tuple[Actor, ...]:
    """Every actor, the strongest first."""
    return worker_session.context.actors


@pytest.fixture(scope="session")
def profile(worker_session: WorkerSession) -> str:
    """`smoke`, `standard` or `thorough`."""
    return worker_session.context.profile


@pytest.fixture(scope="session")
def seed(worker_session: WorkerSession) -> int:
    """The seed of all that is drawn."""
    return worker_session.context.seed


@pytest.fixture(scope="session")
def budget(worker_session: WorkerSession) -> int:
    """Requests for all property items of the run together."""
    return worker_session.property_budget


@pytest.fixture(scope="session")
def events(worker_session: WorkerSession) -> EventWriter:
    """Where this process writes what it found."""
    return worker_session.events


@pytest.fixture(scope="session")
def context(worker_session: WorkerSession) -> ProbeContext:
    """What probes need."""
    return worker_session.probe_context


@pytest.fixture
def minimising(worker_session: WorkerSession, label: str) -> Iterator[None]:
    """Leave the server errors of an operation to a check that looks at each of them itself."""
    worker_session.minimising = label
    yield
    worker_session.minimising = ""


@pytest.fixture
def judge(request: pytest.FixtureRequest, worker_session: WorkerSession) -> Judge:
    """The judge of the clause that the check is marked with."""
    marks = _clauses(request.node)
    if len(marks) != 1:
        raise pytest.UsageError(f"{request.node.nodeid} takes `judge` and needs exactly one clause mark")
    attempt = request.node.stash[ATTEMPT] = Attempt()
    return worker_session.judge(marks[0], attempt)
