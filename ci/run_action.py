"""The run of action.yml: inputs from the environment, outputs for later steps, and the worst findings as annotations.

It always ends with 0: the action's last step gives the exit status, after summary and outputs were written.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ANNOTATIONS = 9
"""GitHub shows ten of a step and drops the rest in silence: one is left for how many more there are."""


def arguments(inputs: Mapping[str, str], actors: str) -> list[str]:
    """Return the command line of the run."""
    result = ["run", "--profile", inputs["PROFILE"], "--fail-on", inputs["FAIL_ON"]]
    result += ["--min-decided", inputs["MIN_DECIDED"], "--report-dir", inputs["REPORT_DIR"]]
    result += ["--sarif-anchor", inputs["SARIF_ANCHOR"]]
    if inputs["URL"]:
        result += ["--url", inputs["URL"], "--write" if inputs["MODE"] == "write" else "--read-only"]
    result += ["--actors", actors] if actors else []
    result += ["--accept", inputs["ACCEPT"]] if inputs["ACCEPT"] else []
    return result + [line.strip() for line in inputs["ARGUMENTS"].splitlines() if line.strip()]


def outputs(verdict: Mapping[str, Any] | None, status: int) -> dict[str, str]:
    """Return what later steps can read."""
    if verdict is None:
        return {"verdict": "", "sentence": "", "exit-status": str(status), "new-findings": "", "upload-sarif": "false"}
    summary = verdict["summary"]
    decided = summary["verdict"] in ("PASS", "PASS WITH KNOWN", "FAIL")
    return {
        "verdict": summary["verdict"],
        "sentence": summary["sentence"],
        "exit-status": str(status),
        "new-findings": str(summary["findings"]["new"]),
        "upload-sarif": "true" if decided else "false",
    }


def workflow_commands(verdict: Mapping[str, Any]) -> Iterator[str]:
    """Yield the worst findings as workflow commands, in which % and line breaks are escaped."""
    failing = [finding for finding in verdict["findings"] if finding["status"] == "fail"]
    for finding in failing[:ANNOTATIONS]:
        level = "error" if finding["level"] == "MUST" else "warning"
        title = escape(f"{finding['danger']}: {finding['clause']}", "%\r\n:,")
        text = f"{finding['title']}: expected {finding['expected']}, got {finding['got']} ({finding['fingerprint']})"
        yield f"::{level} title={title}::{escape(text)}"
    if len(failing) > ANNOTATIONS:
        yield f"::notice::{len(failing) - ANNOTATIONS} more findings are in the report"


def escape(text: str, signs: str = "%\r\n") -> str:
    """Return a text in which signs that steer workflow commands are percent-encoded."""
    return "".join(f"%{ord(sign):02X}" if sign in signs else sign for sign in text)


def main() -> None:
    """Run, write the outputs, and print the annotations."""
    inputs = {name.removeprefix("INPUT_"): value for name, value in os.environ.items() if name.startswith("INPUT_")}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("INPUT_")}
    if inputs["TOKEN"]:
        environment["KIMAI_TOKEN"] = inputs["TOKEN"]
    with tempfile.TemporaryDirectory() as folder:
        actors = Path(folder) / "actors.json"
        if inputs["ACTORS"]:
            actors.write_text(inputs["ACTORS"], encoding="utf-8")
            actors.chmod(0o600)
        command = [sys.executable, "-m", "conformance", *arguments(inputs, str(actors) if inputs["ACTORS"] else "")]
        status = subprocess.run(command, env=environment, check=False).returncode
    path = Path(inputs["REPORT_DIR"]) / "verdict.json"
    verdict = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    for line in workflow_commands(verdict) if verdict else ():
        print(line)
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.writelines(f"{name}={' '.join(value.split())}\n" for name, value in outputs(verdict, status).items())


if __name__ == "__main__":
    main()
