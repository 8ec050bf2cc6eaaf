"""Schemathesis's generic types with their parameters filled in."""

from __future__ import annotations

from typing import Any

from schemathesis.generation.case import Case
from schemathesis.schemas import APIOperation

Operation = APIOperation[Any, Any, Any, Any]
AnyCase = Case[Operation]
