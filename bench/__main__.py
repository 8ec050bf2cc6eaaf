"""`python -m bench`: this suite, `st run` and bare httpx at the same embedded Kimai, as one table.

All get the same repaired definition and about the same number of requests. Found is a planted fault where the command
says something that it does not say of the server without faults; what it says of that one is a false alarm. Figures
only; nothing is asserted.
"""

from __future__ import annotations

import argparse
import base64
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.instance import Instance, Sent
from bench.measure import Cost, exponent, machine, run
from conformance.definition import bundled
from conformance.embedded.faults import FAULTS
from conformance.embedded.interface import NEWEST, VERSIONS

ROOT = Path(__file__).parents[1]
SIZES = (100, 1_000, 10_000)


@dataclass
class Tool:
    """What was measured of one tool. `said` is what it said of the faultless server, beside its cost there."""

    name: str
    requests: int
    cost: Cost
    said: frozenset[str] = frozenset()
    decided: str = "–"
    found: list[str] = field(default_factory=list)
    sent_for_faults: int = 0


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--profile", default="smoke", choices=("smoke", "standard"))
    parser.add_argument("--faults", type=int, default=12, help="how many planted faults are tried, drawn at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES, help="time records of the growing instance")
    parser.add_argument("--out", type=Path, default=ROOT / "bench" / "results.md")
    arguments = parser.parse_args()
    about = machine(("kimai-conformance", "schemathesis", "httpx"))
    faults = random.Random(arguments.seed).sample(sorted(FAULTS), min(arguments.faults, len(FAULTS)))
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), arguments.profile)
        tools = bench.compare(faults)
        growth = [*bench.grow_instance(arguments.sizes), *bench.grow_definition()]
    text = "\n".join(_page(about, arguments.profile, faults, tools, growth)) + "\n"
    arguments.out.write_text(text, encoding="utf-8")
    print(text)


class Bench:
    """Runs the tools in a folder of its own."""

    def __init__(self, folder: Path, profile: str) -> None:
        self.folder = folder
        self.profile = profile
        self.document = folder / "definition.json"
        self.document.write_text(json.dumps(bundled(NEWEST).document), encoding="utf-8")

    def compare(self, faults: Sequence[str]) -> list[Tool]:
        """Measure each tool without faults, then with each fault."""
        with Instance(keep=True) as instance:
            ours = self._ours(instance)
            sent = list(instance.sent)
        with Instance() as instance:
            bare = Tool("bare httpx", len(sent), self._bare(instance, sent))
        examples = max(1, round(ours.requests / len(bundled(NEWEST).index.operations)))
        with Instance() as instance:
            theirs = self._st(instance, examples)
        for number, fault in enumerate(faults, start=1):
            print(f"{number}/{len(faults)} {fault}", file=sys.stderr)
            for tool in (ours, theirs):
                with Instance(faults=[fault]) as instance:
                    again = self._ours(instance) if tool is ours else self._st(instance, examples)
                tool.sent_for_faults += again.requests
                tool.found += [fault] if again.said - tool.said else []
        return [ours, theirs, bare]

    def _ours(self, instance: Instance) -> Tool:
        actors, reports = instance.write_actors(self.folder / "actors.json"), self.folder / "reports"
        shutil.rmtree(reports, ignore_errors=True)
        command = [
            sys.executable,
            "-m",
            "conformance",
            "run",
            "--url",
            instance.url,
            "--write",
            "--actors",
            str(actors),
        ]
        command += ["--definition", str(self.document), "--profile", self.profile, "--report-dir", str(reports)]
        cost = self._run(command)
        verdict = json.loads((reports / "verdict.json").read_text(encoding="utf-8"))
        failing = frozenset(finding["fingerprint"] for finding in verdict["findings"] if finding["status"] == "fail")
        return Tool(
            f"kimai-conformance, {self.profile}", instance.requests, cost, failing, verdict["summary"]["decided"]
        )

    def _st(self, instance: Instance, examples: int) -> Tool:
        report = self.folder / "st.json"
        report.unlink(missing_ok=True)
        command = [str(Path(sys.executable).with_name("st")), "run", str(self.document), "--url", instance.url]
        command += ["-H", f"Authorization: Bearer {instance.token}", "--phases", "fuzzing", "-n", str(examples)]
        command += [
            "--seed",
            "1",
            "--no-shrink",
            "--continue-on-failure",
            "--report-json-path",
            str(report),
            "--generation-database",
            "none",
        ]
        cost = self._run(command)
        failures = json.loads(report.read_text(encoding="utf-8"))["failures"]
        said = frozenset(f"{item['code']} {label}" for item in failures for label in item["operations"])
        return Tool("st run", instance.requests, cost, said, "no documented one")

    def _bare(self, instance: Instance, sent: Sequence[Sent]) -> Cost:
        path, old = self.folder / "sent.json", {b"host", b"content-length", b"connection"}
        kept = [
            (
                item.method,
                item.target,
                [(name.decode("latin-1"), value.decode("latin-1")) for name, value in item.headers if name not in old],
                base64.b64encode(item.body).decode(),
            )
            for item in sent
        ]
        path.write_text(json.dumps(kept), encoding="utf-8")
        return self._run([sys.executable, "-m", "bench.bare", str(path), instance.url])

    def _run(self, command: list[str]) -> Cost:
        state = {"KIMAI_CONFORMANCE_STATE": str(self.folder / "state"), "PYTHONPATH": str(ROOT)}
        return run(command, self.folder, state)

    def grow_instance(self, sizes: Sequence[int]) -> Iterator[str]:
        """Yield a line on requests and seconds of a run over time records that are there already."""
        seen = []
        for size in sizes:
            with Instance() as instance:
                instance.fill(size)
                before = instance.requests
                tool = self._ours(instance)
                seen.append((size, instance.requests - before, tool.cost))
            print(f"{size} time records: {seen[-1][1]} requests", file=sys.stderr)
        if len(seen) > 1:
            yield _growth("time records on the instance", seen)

    def grow_definition(self) -> Iterator[str]:
        """Yield a line on requests and seconds of a run over the operations of the definition."""
        seen = []
        for version in VERSIONS:
            definition = bundled(version)
            self.document.write_text(json.dumps(definition.document), encoding="utf-8")
            with Instance(version) as instance:
                tool = self._ours(instance)
            seen.append((len(definition.index.operations), tool.requests, tool.cost))
        yield _growth("operations in the definition", sorted(seen))


def _growth(what: str, seen: Sequence[tuple[int, int, Cost]]) -> str:
    sizes = [float(size) for size, _, _ in seen]
    requests = exponent(sizes, [float(number) for _, number, _ in seen])
    cpu = exponent(sizes, [cost.cpu for _, _, cost in seen])
    memory = exponent(sizes, [cost.memory for _, _, cost in seen])
    points = "; ".join(f"{size}: {number} requests, {cost.cpu:.1f} s CPU" for size, number, cost in seen)
    return f"| {what} | {requests:+.2f} | {cpu:+.2f} | {memory:+.2f} | {points} |"


def _page(
    about: str, profile: str, faults: Sequence[str], tools: Sequence[Tool], growth: Sequence[str]
) -> Iterator[str]:
    yield f"# What a run costs and finds\n\n{about}. Profile {profile}; `python -m bench` makes this page.\n"
    yield "| | requests | seconds | CPU s | MB | promises decided | faults found | per 1,000 requests | false alarms |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    for tool in tools:
        row = [tool.name, f"{tool.requests:,}", *(f"{x:.1f}" for x in (tool.cost.seconds, tool.cost.cpu))]
        row += [f"{tool.cost.memory:.0f}", str(tool.decided)]
        if tool.sent_for_faults:
            rate = 1000 * len(tool.found) / tool.sent_for_faults
            row += [f"{len(tool.found)} of {len(faults)}", f"{rate:.2f}", str(len(tool.said))]
        else:
            row += ["–", "–", "–"]
        yield f"| {' | '.join(row)} |"
    yield f"\nFaults: {', '.join(faults)}.\n"
    yield "| growth with | requests | CPU | memory | measured |\n| --- | --- | --- | --- | --- |"
    yield from growth
    yield "\nGrowth is the exponent of a power: 0 is none, 1 in proportion."


if __name__ == "__main__":
    main()
