"""The examples for several machines are valid, and run every shard once."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from conformance.run.shards import Shard

FOLDER = Path(__file__).parents[2] / "docs" / "how-to" / "shards"


def documents(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8")))


@pytest.mark.parametrize("job", documents("kubernetes.yaml"), ids=lambda job: job["metadata"]["name"])
def test_a_kubernetes_job_is_valid(job: dict[str, Any]) -> None:
    kubernetes_validate.validate(job, desired_version="1.33", strict=True)


def test_the_indexed_job_runs_every_shard() -> None:
    job = documents("kubernetes.yaml")[0]["spec"]
    (script,) = job["template"]["spec"]["containers"][0]["args"]
    (total,) = re.findall(r"--shard \$\(\(JOB_COMPLETION_INDEX \+ 1\)\)/(\d+)", script)
    assert job["completionMode"] == "Indexed"
    assert int(total) == job["completions"] == job["parallelism"]
    assert job["template"]["spec"]["restartPolicy"] == "Never"


def test_the_matrix_runs_every_shard() -> None:
    job = documents("github.yml")[0]["jobs"]["shard"]
    (step,) = [step["run"] for step in job["steps"] if "--shard" in step.get("run", "")]
    shards = [
        Shard.parse(f"{number}/{step.partition('}}/')[2].split()[0]}") for number in job["strategy"]["matrix"]["shard"]
    ]
    assert [shard.number for shard in shards] == list(range(1, shards[0].total + 1))


def test_gitlab_counts_its_own_shards() -> None:
    job = documents("gitlab.yml")[0]["shard"]
    assert job["parallel"] > 1
    assert "--shard $CI_NODE_INDEX/$CI_NODE_TOTAL" in json.dumps(job["script"])
