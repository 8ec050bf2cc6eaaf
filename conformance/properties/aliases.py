"""Schemathesis's generic types with their parameters filled in."""

from __future__ import annotations

from typing import Any

from schemathesis import schemas
from schemathesis.generation.case import Case

APIOperation = schemas.APIOperation[Any, Any, Any, Any]
AnyCase = Case[APIOperation]
