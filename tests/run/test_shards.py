"""Shards of a run: the parts are whole and depend on checks and seed alone; joined they give the verdict of one run."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from conformance.cli import main
from conformance.model import Exit, Place, Status, UsageError
from conformance.run.merging import merged
from conformance.run.shards import Shard, assigned, write_shard
from conformance.verdict import exit_status
from tests import processes

UNITS = [f"group-{number % 7}" for number in range(60)] + [f"contracts/test_x.py::test_{n}" for n in range(140)]


@pytest.mark.parametrize("text", ["", "0/5", "6/5", "2", "2/0", "a/b", "-1/5", "1/2/3", "2/5 of it", "1/9999999"])
def test_an_impossible_shard_is_wrong_usage(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["run", "--shard", text])
    assert caught.value.code == Exit.USAGE
    assert "--shard" in capsys.readouterr().err


@pytest.mark.parametrize("total", [1, 2, 5, 300])
def test_every_check_is_in_exactly_one_shard(total: int) -> None:
    parts = [Shard(number, total).takes(UNITS, seed=3) for number in range(1, total + 1)]
    assert sorted(unit for part in parts for unit in part) == sorted(set(UNITS))


def test_the_shards_are_about_equal_and_groups_stay_whole() -> None:
    parts = [Shard(number, 5).takes(UNITS, seed=3) for number in range(1, 6)]
    sizes = [sum(unit in part for unit in UNITS) for part in parts]
    assert max(sizes) - min(sizes) <= 1


def test_a_part_depends_on_checks_and_seed_alone() -> None:
    assert assigned(UNITS, 5, 3) == assigned(list(reversed(UNITS)), 5, 3)
    assert assigned(UNITS, 5, 3) != assigned(UNITS, 5, 4)


def context_of(**run: Any) -> dict[str, Any]:
    """Return what a run says of itself."""
    flags = dict.fromkeys(("strict", "write", "interrupted", "cut_off", "crashed", "selection_empty"), False)
    return {
        "instance": {"url": "http://k.test", "kind": "configured", "version": "2.66.0"},
        "definition": {"source": "page", "exact": True, "fingerprint": "ab", "repairs": [], "origin": "x"},
        "run": {
            "id": "r1", "profile": "standard", "seed": 1, "partial": False, "started": "2026-11-25T10:00:00+00:00",
            "seconds": 1.5, "fail_on": "new", "evidence": "cut", "min_decided": 0, **flags, **run,
        },
        "plan": {"promised": [], "left_out": [], "missing": [], "announcements": ["hello"]},
        "operations": [],
        "safety": {"created": 3, "deleted": 3, "left_behind": [], "kept": [], "remarks": []},
    }  # fmt: skip


def shard(folder: Path, number: int, *, total: int = 2, got: str = "false", **changed: Any) -> Path:
    """Leave a shard that decided one place, in a folder of its own."""
    place = f"place {number}"
    made = folder / str(number)
    made.mkdir(parents=True)
    context = context_of(shard=f"{number}/{total}", partial=True)
    for path, value in changed.items():
        part, _, key = path.partition("__")
        context[part][key] = value
    status = "pass" if got == "false" else "fail"
    told = Place("boolean.post-absent-false", Status(status), "POST /api/teams", place, expected="false", got=got)
    places = {**asdict(told), "fingerprint": "" if status == "pass" else "0123456789ab", "title": ""}
    events: list[tuple[str, dict[str, Any]]] = [
        ("start", {}),
        ("place", places),
        ("progress", {"done": 1, "total": 1}),
        ("end", {}),
    ]
    write_shard(made, Shard(number, total), (), context, events)
    return made


def test_all_shards_give_the_verdict_of_one_run(tmp_path: Path) -> None:
    verdict = merged([shard(tmp_path, 1), shard(tmp_path, 2)])
    [clause] = [clause for clause in verdict.clauses if clause.places]
    assert [place.field for place in clause.places] == ["place 1", "place 2"]
    assert (verdict.run.partial, verdict.run.shards, verdict.run.missing_shards) == (False, 2, [])
    assert verdict.safety.created == 2 * context_of()["safety"]["created"]


def test_a_missing_shard_is_undecided_and_named(tmp_path: Path) -> None:
    verdict = merged([shard(tmp_path, 1, total=3), shard(tmp_path, 3, total=3)])
    assert exit_status(verdict) is Exit.UNDECIDED
    assert "shard 2/3 is missing" in verdict.summary.reasons


def test_a_missing_shard_does_not_hide_a_failure(tmp_path: Path) -> None:
    verdict = merged([shard(tmp_path, 1, got="true")])
    assert exit_status(verdict) is Exit.NOT_CONFORMANT


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"run__seed": 9}, "seed is 9"),
        ({"instance__url": "https://other.example"}, "instance is https://other.example"),
        ({"instance__version": "2.24.0"}, "version of Kimai is 2.24.0"),
        ({"run__profile": "thorough"}, "profile is thorough"),
        ({"plan__promised": ["auth.missing"]}, "promised clauses is auth.missing"),
        ({"definition__fingerprint": "0"}, "definition is 0"),
    ],
)
def test_a_foreign_shard_is_refused(changed: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=words):
        merged([shard(tmp_path, 1), shard(tmp_path, 2, **changed)])


def test_shards_of_other_totals_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="number of shards is 3"):
        merged([shard(tmp_path, 1), shard(tmp_path, 2, total=3)])


def test_a_shard_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="1/2 is there twice"):
        merged([shard(tmp_path / "a", 1), shard(tmp_path / "b", 1)])


def cut(text: str) -> str:
    return text[: len(text) // 2]


def other(text: str) -> str:
    return text.replace("kimai-conformance shard", "something else")


def newer(text: str) -> str:
    return text.replace('"version":1', '"version":99', 1)


@pytest.mark.parametrize("damage", [cut, other, newer, lambda _: "", lambda _: "[]\n", lambda _: "\x00"])
def test_a_damaged_shard_is_refused(damage: Callable[[str], str], tmp_path: Path) -> None:
    path = shard(tmp_path, 1) / "shard-1-of-2.jsonl"
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(UsageError, match="shard-1-of-2"):
        merged([tmp_path])


@pytest.mark.parametrize("name", ["empty", "missing"])
def test_no_shard_at_all_is_wrong_usage(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SystemExit) as caught:
        main(["merge", str(tmp_path / name), "--report-dir", str(tmp_path / "out")])
    assert caught.value.code == Exit.USAGE
    assert name in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def run(folder: Path, *arguments: str) -> dict[str, Any]:
    """Return the verdict of a command that ends well."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KIMAI_", "PYTEST_"))}
    folder.mkdir(parents=True)
    done = processes.run(
        [sys.executable, "-m", "conformance", *arguments, "--report-dir", str(folder / "out")],
        cwd=folder.parent,
        env={**kept, "KIMAI_CONFORMANCE_STATE": str(folder / "state")},
    )
    assert done.returncode == Exit.CONFORMANT, done.stdout + done.stderr
    verdict: dict[str, Any] = json.loads((folder / "out" / "verdict.json").read_text(encoding="utf-8"))
    return verdict


def decided(verdict: dict[str, Any]) -> dict[str, Any]:
    """Return what a verdict says, without what differs from run to run."""
    return {
        clause["id"]: (clause["status"], {(p["operation"], p["field"], p["got"]) for p in clause["places"]})
        for clause in verdict["clauses"]
        if clause["family"] == "boolean"
    }


@pytest.mark.slow
def test_two_real_shards_are_joined(tmp_path: Path) -> None:
    part = ("run", "--profile", "smoke", "-k", "test_booleans and post", "-n", "0")
    shards = [run(tmp_path / "shards" / str(n), *part, "--shard", f"{n}/2") for n in (1, 2)]
    joined = run(tmp_path / "joined", "merge", "shards")
    first, second, whole = (decided(verdict) for verdict in (*shards, joined))
    assert whole["boolean.post-absent-false"][1]
    for name, (_, places) in whole.items():
        assert places == first[name][1] | second[name][1]
    assert first != whole != second
    assert {one["summary"]["verdict"] for one in shards} == {"PARTIAL"}
    assert list((tmp_path / "joined" / "out" / "allure-results").glob("*-result.json"))


@pytest.mark.slow
def test_one_process_two_workers_and_five_shards_say_the_same(tmp_path: Path) -> None:
    whole = run(tmp_path / "whole", "run", "--profile", "smoke", "-n", "0")
    workers = run(tmp_path / "workers", "run", "--profile", "smoke", "-n", "2")
    for number in range(1, 6):
        run(tmp_path / "shards" / str(number), "run", "--profile", "smoke", "--shard", f"{number}/5", "-n", "0")
    joined = run(tmp_path / "joined", "merge", "shards")
    statuses = [{clause["id"]: clause["status"] for clause in one["clauses"]} for one in (whole, workers, joined)]
    assert statuses[0] == statuses[1] == statuses[2]
    assert len({one["summary"]["verdict"] for one in (whole, workers, joined)}) == 1
