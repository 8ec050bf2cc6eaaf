"""How the documentation is built: `tox run -e docs`. The reference is filled in from the code while pages are read."""

from __future__ import annotations

from sphinx.application import Sphinx

import conformance
from conformance.cli.main import group
from conformance.documentation import filled

project = "kimai-conformance"
author = "kimai-conformance contributors"
release = version = conformance.__version__
extensions = ["myst_parser"]
html_theme = "furo"
html_title = f"{project} {release}"
html_static_path = ["_static"]
html_css_files = ["wide.css"]
exclude_patterns = ["_build"]
nitpicky = True
myst_heading_anchors = 3
myst_links_external_new_tab = False


def setup(app: Sphinx) -> None:
    """Fill in what pages leave to be generated."""
    app.connect("source-read", _fill)


def _fill(_app: Sphinx, _name: str, source: list[str]) -> None:
    source[0] = filled(source[0], group)
