"""The gate over mutants that no test notices: what it lets through, what it names, and what it writes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.mutation import explained
from tests.mutation.explained import compare
from tests.mutation.results import Module, change, function_of

PATH = "conformance/exchange/guard/ids.py"
FILE = """# A remark that stays.
[[everywhere]]
pattern = 'utf-8.* => .*UTF-8'
reason = "the same encoding"

[modules."conformance/exchange/guard/ids.py"]
not_looked_at = ["gone: a => b", "id_of: x => y"]
uncalled = ["idle"]

[[modules."conformance/exchange/guard/ids.py".explained]]
reason = "equal either way"
mutants = ["has_digit: p => q"]
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "survivors.toml"
    path.write_text(FILE, encoding="utf-8")
    monkeypatch.setattr(explained, "FILE", path)
    return path


def module(*survivors: str, uncalled: tuple[str, ...] = ("idle", "idle"), **more: Any) -> Module:
    return Module(PATH, 10, survivors=Counter(survivors), uncalled=Counter(uncalled), **more)


@pytest.mark.usefixtures("file")
def test_what_the_file_names_is_counted_and_nothing_is_new() -> None:
    result = compare(
        module("id_of: x => y", "has_digit: p => q", "has_digit: p => q", "f: utf-8 => UTF-8"), explained.read()
    )
    assert (result.module.killed, result.explained, result.not_looked_at) == (4, 3, 3)
    assert (result.new, result.gone) == ([], ["gone: a => b"])


@pytest.mark.usefixtures("file")
def test_what_the_file_does_not_name_is_new() -> None:
    result = compare(module("id_of: x => z", uncalled=("other",)), explained.read())
    assert result.new == ["id_of: x => z", "other: no test calls it"]
    assert result.gone == ["gone: a => b", "has_digit: p => q", "id_of: x => y", "idle"]
    assert compare(Module("conformance/new.py", 1, survivors=Counter({"f: a => b": 1})), explained.read()).new


@pytest.mark.usefixtures("file")
def test_nothing_is_called_gone_where_mutants_were_not_run() -> None:
    result = compare(module(unrun=3), explained.read())
    assert (result.gone, result.module.killed) == ([], 5)


@pytest.mark.usefixtures("file")
def test_what_was_never_run_as_a_whole_is_not_looked_at() -> None:
    other = Module("conformance/new.py", 10, 4, Counter({"f: a => b": 1}), Counter({"g": 2}))
    known = module("id_of: x => z", unrun=3)
    assert compare(other, explained.read()).new == ["f: a => b", "g: no test calls it"]
    explained.write([other, known])
    entries = explained.read()["modules"]
    assert (entries[other.path]["not_run"], entries[other.path]["killed"]) == (4, 3)
    assert "not_run" not in entries[PATH]  # it was, and a part of it now says nothing against that
    later = Module(other.path, 10, survivors=Counter({"f: c => d": 1}), uncalled=Counter({"h": 1}))
    assert (compare(later, explained.read()).new, compare(later, explained.read()).not_looked_at) == ([], 2)
    explained.write([later])
    assert "not_run" not in explained.read()["modules"][other.path]
    assert compare(other, explained.read()).new == ["f: a => b", "g: no test calls it"]


def test_written_are_new_ones_and_numbers_and_reasons_stay(file: Path) -> None:
    explained.write([module("id_of: x => z", "it's: a => b", "has_digit: p => q", "f: utf-8 => UTF-8")])
    entry = explained.read()["modules"][PATH]
    assert entry["not_looked_at"] == ["id_of: x => z", "it's: a => b"]
    assert entry["explained"] == [{"reason": "equal either way", "mutants": ["has_digit: p => q"]}]
    assert (entry["mutants"], entry["killed"], entry["uncalled"]) == (10, 4, ["idle"])
    assert file.read_text(encoding="utf-8").startswith("# A remark that stays.")


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("package.module.xǁChainǁsealed__mutmut_3", "Chain.sealed"),
        ("package.module.xǁChainǁ__init____mutmut_1", "Chain.__init__"),
        ("package.module.x__digest__mutmut_12", "_digest"),
        ("package.module.x_read__mutmut_1", "read"),
    ],
)
def test_a_function_is_read_off_a_name_of_mutmut(name: str, function: str) -> None:
    assert function_of(name) == function


def test_a_change_is_told_by_its_lines() -> None:
    diff = "--- a\n+++ a\n@@ -1,3 +1,2 @@\n def f():\n-    return g(\n-        1)\n+    return None\n"
    assert change(diff) == "return g( 1) => return None"


def test_every_survivor_of_the_committed_file_belongs_to_a_module_and_has_a_reason_where_it_is_explained() -> None:
    document = explained.read()
    root = Path(__file__).parents[2]
    for path, entry in document["modules"].items():
        assert (root / path).is_file(), path
        assert all(group["reason"].strip() and group["mutants"] for group in entry.get("explained", ())), path
