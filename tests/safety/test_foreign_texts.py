"""What other people wrote stands in no report: a marked text in each field of theirs is sought in every output."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from conformance.embedded.faults import FAULTS
from conformance.embedded.server import EmbeddedKimai
from tests import processes
from tests.safety.conftest import Furnish
from tests.safety.strangers.site import Furnished

MARK = "Zwiebelsuppe"
"""Is in every planted text, and in nothing that anybody else writes."""

FIELDS = {
    "users": ("email", "alias", "title", "avatar", "account_number"),
    "teams": ("name",),
    "tags": ("name",),
    "customers": (
        "name", "number", "comment", "invoice_text", "company", "vat_id", "contact", "address", "address_line1",
        "address_line2", "address_line3", "post_code", "city", "phone", "fax", "mobile", "email", "homepage",
        "invoice_email", "buyer_reference",
    ),
    "projects": ("name", "number", "comment", "invoice_text", "order_number"),
    "activities": ("name", "number", "comment", "invoice_text"),
    "timesheets": ("description",),
    "customer_comments": ("message",),
    "project_comments": ("message",),
    "invoices": ("invoice_number", "comment", "invoice_filename"),
}  # fmt: skip
"""Every column of a text that people write, by table."""

WRITING = (
    "offset-missing", "lead-reads-foreign", "lead-lists-everybody", "project-filter-ignored", "total-off-by-one",
    "undocumented-nested", "null-is-false", "vat-id-lost", "not-found-in-html", "expanded-customer-in-capitals",
    "user-reads-profiles", "token-missing-accepted",
)  # fmt: skip
READING = (
    "offset-missing",
    "password-hash-shown",
    "expanded-customer-in-capitals",
    "user-reads-users",
    "color-missing-in-lists",
)


TELLING = "test_permissions or test_filters or test_definition or test_datetimes or test_attributes or test_tokens"
"""Checks that look at most of what others have."""


def plant(database: Path) -> int:
    """Put a marked text into every field of everybody's records. Return how many were planted."""
    planted = 0
    with sqlite3.connect(database) as connection:
        for above in ("customer", "project"):
            connection.execute(
                f"INSERT INTO {above}_comments (parent_id, created_by_id, message, created_at, pinned)"
                f" SELECT id, 1, 'x', '2026-01-01 00:00:00', 0 FROM {above}s"
            )
        connection.execute(
            "INSERT INTO invoices (customer_id, user_id, invoice_number, created_at, timezone, total, tax, currency,"
            " due_days, vat, status, invoice_filename, fields) SELECT id, 1, 'x', '2026-01-01 00:00:00', 'UTC', 10, 1,"
            " 'EUR', 30, 10, 'new', 'x', '[]' FROM customers"
        )
        for table, columns in FIELDS.items():
            for column in columns:
                text = f"'{MARK} {table} {column} \"ü\" ' || id"
                text = f"'{MARK}.{table}' || id || '@private.example'" if "email" in column else text
                planted += connection.execute(f"UPDATE {table} SET {column} = {text}").rowcount
    connection.close()
    return planted


def run(kimai: EmbeddedKimai, folder: Path, *arguments: str) -> tuple[str, dict[str, str]]:
    """Run the suite as people do. Return what it printed, and every file that it left, by name."""
    actors = folder / "actors.json"
    known = [user for user in kimai.users if not user["username"].startswith("other-")]
    actors.write_text(json.dumps({"users": known}))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KIMAI_", "PYTEST_"))}
    process = processes.start(
        [sys.executable, "-m", "conformance", "run", "--url", kimai.url, "--actors", str(actors), *arguments],
        cwd=folder, env={**environment, "KIMAI_CONFORMANCE_STATE": str(folder / "state")},
    )  # fmt: skip
    printed, _ = process.communicate(timeout=1800)
    files = [path for path in (folder / "reports").rglob("*") if path.is_file()]
    return printed, {str(path.relative_to(folder)): path.read_text("utf-8", "replace") for path in files}


def told(printed: str, files: dict[str, str]) -> list[str]:
    """Return where the marked text stands, with what is around it."""
    places = []
    for name, text in {"the output": printed, **files}.items():
        at = text.lower().find(MARK.lower())
        if at >= 0:
            places.append(f"{name}: {text[max(at - 300, 0) : at + 80]!r}")
    return places


def faulty(furnished: Furnished, folder: Path, faults: Sequence[str]) -> EmbeddedKimai:
    """Return an instance with faults, and with marked texts in the records of others."""
    database = folder / "kimai.sqlite"
    database.write_bytes(furnished.database.read_bytes())
    assert plant(database) > 80
    return EmbeddedKimai(furnished.users, database, furnished.version, faults=faults)


@pytest.mark.parametrize(
    ("consent", "faults"), [("--write", WRITING), ("--read-only", READING)], ids=("write", "read-only")
)
def test_no_output_tells_what_others_wrote(
    tmp_path: Path, furnished: Furnish, consent: str, faults: Sequence[str]
) -> None:
    with faulty(furnished("2.66.0"), tmp_path, faults) as kimai:
        printed, files = run(kimai, tmp_path, consent, "--profile", "smoke", "-k", TELLING)
    verdict = json.loads(files["reports/out/verdict.json"])
    assert verdict["run"]["evidence"] == "cut"
    assert len(verdict["findings"]) > 3
    assert told(printed, files) == []


def test_full_evidence_tells_all(tmp_path: Path, furnished: Furnish) -> None:
    with faulty(furnished("2.66.0"), tmp_path, READING) as kimai:
        chosen = ("-k", "test_every_datetime", "--profile", "smoke")
        printed, files = run(kimai, tmp_path, "--read-only", "--evidence", "full", *chosen)
    assert json.loads(files["reports/out/verdict.json"])["run"]["evidence"] == "full"
    assert told(printed, files)


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, len(FAULTS), 8))
def test_no_output_tells_what_others_wrote_with_any_fault(tmp_path: Path, furnished: Furnish, start: int) -> None:
    with faulty(furnished("2.66.0"), tmp_path, [*FAULTS][start : start + 8]) as kimai:
        for consent in ("--write", "--read-only"):
            assert told(*run(kimai, tmp_path, consent, "--profile", "standard")) == []
