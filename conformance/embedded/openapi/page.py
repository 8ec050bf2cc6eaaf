"""The page at `/api/doc`: the definition, wrapped in HTML in the form of each version."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from html import escape

from conformance.embedded.openapi.document import definition

_ELEMENT_VERSIONS = ("2.24.0",)
"""The versions whose page has the definition as JSON in an element of its own, and not in an assignment."""

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
</head>
<body>
<h1>{title}</h1>
<p>{description}</p>
{script}
</body>
</html>
"""


_GIVEN_BY = {"ROLE_SUPER_ADMIN": ("ROLE_SUPER_ADMIN",), "ROLE_ADMIN": ("ROLE_SUPER_ADMIN", "ROLE_ADMIN")}
"""Who may give a role that not every reader is shown."""


def page_for(roles: Iterable[str], version: str, *, flawed: bool = True, own_roles: bool = True) -> str:
    """The page as a user with these roles sees it: where `own_roles`, forms list the roles that they may give.

    Measured on 2.66.0; which roles a plain user is left with is not.
    """
    if not own_roles:
        return doc_page(version, flawed)
    return doc_page(version, flawed, tuple(role for role, givers in _GIVEN_BY.items() if not {*givers} & {*roles}))


@cache
def doc_page(version: str, flawed: bool = True, hidden_roles: tuple[str, ...] = ()) -> str:
    """The HTML page with the definition of that version, under `spec` as real pages have it.

    Since 2.62.0 at the latest a script assigns it to `docs.apiDescriptionDocument`; 2.24.0 has it in
    `<script id="swagger-data">`. Source: measured on those releases (that of 2.62.0 is taken to be the newer one).
    """
    document = definition(version, flawed)
    for name in ("UserCreateForm", "UserEditForm"):
        listed = document["components"]["schemas"][name]["properties"]["roles"]["items"]
        listed["enum"] = [role for role in listed["enum"] if role not in hidden_roles]
    # "</" would end the script element early wherever a text of the definition contains it.
    wrapped = json.dumps({"spec": document}).replace("</", "<\\/")
    script = (
        f'<script id="swagger-data" type="application/json">{wrapped}</script>'
        if version in _ELEMENT_VERSIONS
        else f"<script>docs.apiDescriptionDocument = {wrapped};</script>"
    )
    info = {name: escape(document["info"][name]) for name in ("title", "description")}
    return _PAGE.format(**info, script=script)
