"""Schemathesis's view of the definition: loaded without any outside configuration, with an explicit list of checks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from typing import Any, cast

import schemathesis
from schemathesis import checks
from schemathesis.checks import CheckFunction
from schemathesis.config import SchemathesisConfig
from schemathesis.generation.jsonschema.context import Alphabet
from schemathesis.specs.openapi.schemas import OpenApiSchema

HOOKS_VARIABLE = "SCHEMATHESIS_HOOKS"
"""Environment variable from which Schemathesis loads foreign code: unset while its configuration is made."""

CHECK_NAMES = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
)
"""The checks in use. Left out: `response_schema_conformance`, for `schema_check` says more; `ignored_auth` and
`object_level_authorization`, which the contract checks do once per operation; those that need a recorded scenario, for
`workflows` has its own; those that fire on methods and headers that are not varied through Schemathesis."""


def configuration(seed: int) -> SchemathesisConfig:
    """Return a configuration that depends on nothing but `seed`: no file, no hooks, no database of examples."""
    with _without_hooks():
        config = SchemathesisConfig.from_dict(
            {
                "seed": seed,
                "generation": {"with-security-parameters": False, "database": "none", "no-shrink": True},
                "phases": {
                    "coverage": {"unexpected-methods": []},
                    "stateful": {"inference": {"algorithms": []}},
                },
                "output": {"sanitization": {"enabled": True}},
            }
        )
    # Without a codec surrogates are left out by their category; for "utf-8" Hypothesis tries every character first.
    config.projects.default.generation.codec = None
    return config


def without_codec() -> None:
    """Let Schemathesis draw texts without a codec where it is told none, in this process. May be called again.

    There is no setting for it; `tests/properties/test_reproducible.py` fails where Schemathesis has another way.
    """
    make: Any = Alphabet.__init__
    make.__defaults__ = tuple(None if default == "utf-8" else default for default in make.__defaults__)


@contextmanager
def _without_hooks() -> Iterator[None]:
    kept = os.environ.pop(HOOKS_VARIABLE, None)
    try:
        yield
    finally:
        if kept is not None:
            os.environ[HOOKS_VARIABLE] = kept


def load(document: Mapping[str, Any], seed: int) -> OpenApiSchema:
    """Return the schema of a mended OpenAPI document, which is copied."""
    config = configuration(seed)
    without_codec()
    with _without_hooks():
        schema = schemathesis.openapi.from_dict(deepcopy(dict(document)), config=config)
    assert isinstance(schema, OpenApiSchema)
    return schema


def check_functions() -> list[CheckFunction]:
    """Return the checks of `CHECK_NAMES`, in that order."""
    checks.load_all_checks()
    return [cast(CheckFunction, checks.CHECKS.get_one(name)) for name in CHECK_NAMES]
