"""verdict.json: the verdict itself, of which every other report is a rendering."""

from __future__ import annotations

import json

from conformance.verdict.document import Verdict


def render(verdict: Verdict) -> str:
    """Return the verdict as JSON, in ASCII, so that no reader's encoding matters."""
    return json.dumps(verdict.document(), indent=1, ensure_ascii=True) + "\n"
