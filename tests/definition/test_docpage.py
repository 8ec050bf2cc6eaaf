"""The page /api/doc in both real forms, and the pages that are something else."""

from __future__ import annotations

import html
import json

import pytest

from conformance.definition import DefinitionError
from conformance.definition.docpage import extract
from conformance.definition.reading import read

SPEC = {
    "openapi": "3.0.0",
    "info": {"title": "Kimai & <friends> </p>", "version": "1.1"},
    "paths": {"/api/ping": {"get": {"description": "a 'quoted' \"text\"; with = and {braces}"}}},
}
WRAPPED = json.dumps({"spec": SPEC, "config": {"title": "x"}})

ASSIGNED = """<!DOCTYPE html>
<html lang="en"><head><title>Kimai - API</title>
<script>var other = {{"openapi": "9"}}; if (1 < 2) {{ window.x = "</div>"; }}</script>
<script src="/build/app.js"></script></head><body><main id="swagger-ui"></main>
<script type="text/javascript">
    document.addEventListener('kimai.initialized', function() {{
        const docs = KimaiApi.docs();
        docs.apiDescriptionDocument{space}={space}{json};
        docs.render();
    }});
</script></body></html>"""

ELEMENT = """<html><head><meta charset="utf-8"><title>Kimai - API</title></head><body>
<svg><path d="M0"/></svg>
<script id="swagger-data" type="application/json">{json}</script>
<script>window.onload = loadSwaggerUI();</script></body></html>"""

PAGES = {
    "assigned (2.66.0)": ASSIGNED.format(space=" ", json=WRAPPED),
    "assigned without blanks": ASSIGNED.format(space="", json=WRAPPED),
    "assigned on the next line": ASSIGNED.format(space="\n        ", json=WRAPPED),
    "assigned, slashes escaped": ASSIGNED.format(space=" ", json=WRAPPED.replace("/", "\\/")),
    "element (2.24.0)": ELEMENT.format(json=WRAPPED),
    "element, blanks around": ELEMENT.format(json=f"\n   {WRAPPED}\n"),
    "element, entities": ELEMENT.format(json=html.escape(WRAPPED)),
    "element without wrapper": ELEMENT.format(json=json.dumps(SPEC)),
    "element, single quotes": ELEMENT.replace('id="swagger-data"', "data-a='1' ID='swagger-data'").format(json=WRAPPED),
    "plain JSON": json.dumps(SPEC),
    "plain wrapped JSON": f"\n{WRAPPED}\n",
    "a byte order mark": "\ufeff" + ELEMENT.format(json=WRAPPED),
}


@pytest.mark.parametrize("name", PAGES)
def test_the_definition_is_found_in(name: str) -> None:
    assert read(PAGES[name], "page") == SPEC


def test_extract_takes_both_forms_by_itself() -> None:
    assert extract(PAGES["assigned (2.66.0)"]) == extract(PAGES["element (2.24.0)"]) == SPEC


LOGIN = """<html><head><title>Kimai</title></head><body><form action="/en/login_check" method="post">
<input type="text" name="_username"><input type="password" name="_password"><input type="hidden" name="_csrf_token">
</form></body></html>"""

OTHERS = {
    "a login form": (LOGIN, "its login form"),
    "another product": ("<html><head><title>Grafana</title></head><body></body></html>", "a page titled 'Grafana'"),
    "a page without title": ("<html><body>Hello</body></html>", "neither a page of Kimai"),
    "nothing": ("", "is empty"),
    "broken JSON in the element": (ELEMENT.format(json='{"spec": {'), "a page titled 'Kimai - API'"),
    "another object assigned": (ASSIGNED.format(space=" ", json='{"a": 1}'), "no API definition"),
    "a call assigned": (ASSIGNED.format(space=" ", json="load()"), "no API definition"),
    "an error as JSON": ('{"code": 404, "message": "Not Found"}', "no API definition"),
    "deep JSON": (ELEMENT.format(json='{"spec":' * 100_000), "nested too deeply"),
    "a cut-off page": ("<html><script id='swagger-data'>" + WRAPPED[:50], "no API definition"),
    "only brackets": ("<" * 10_000, "no API definition"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_pages_are_named_for_what_they_are(name: str) -> None:
    page, message = OTHERS[name]
    with pytest.raises(DefinitionError, match=message) as caught:
        extract(page)
    assert "--definition FILE" in caught.value.hint
