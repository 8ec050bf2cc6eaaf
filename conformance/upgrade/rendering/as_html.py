"""A comparison as one HTML page without scripts and without anything from elsewhere."""

from __future__ import annotations

from conformance.upgrade.comparison import Comparison
from conformance.upgrade.rendering.as_text import OPEN
from conformance.upgrade.rendering.phrases import INSTANCE_TITLE, failing, first_lines, headline, summary


def render(comparison: Comparison) -> str:
    """Return the page. Every value is escaped."""
    # Imported for this form alone: the others are for terminals and gates, which do not wait for it.
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("conformance.upgrade", "rendering"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("comparison.html.j2").render(
        comparison=comparison,
        headline=headline(comparison),
        lines=list(first_lines(comparison)),
        summary=summary(comparison),
        failing=failing(comparison),
        open=OPEN,
        causes=comparison.causes,
        instance_causes=comparison.instance_causes,
        instance_title=INSTANCE_TITLE,
    )
