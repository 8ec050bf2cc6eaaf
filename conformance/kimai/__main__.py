"""Strip the definition of a release of its prose: `python -m conformance.kimai FILE > definitions/VERSION.json`.

Names, types, patterns, enumerations and flaws stay as they are. Descriptions, which are Kimai's, are replaced by short
ones made from names alone, and examples that are prose are left out.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click

TITLE = "Kimai - API"
ABOUT = "The API of an embedded Kimai, made for tests and rehearsals. It holds nobody's working hours."
TOKEN = "An API token, sent as a bearer token"

_VERBS = {"get": "Read", "post": "Create", "patch": "Change", "delete": "Delete"}
_OUTCOMES = {"201": "What was created", "204": "Done, there is no content", "410": "This operation was removed"}
_VALUE = re.compile(r"[\d:.,-]+")
_ALLOWED = re.compile(r"[Aa]llowed values: ([^()]+?)\.?\s*(?:\(|$)")


def stripped(document: dict[str, Any]) -> dict[str, Any]:
    """Return a definition without Kimai's prose, a new object."""
    info = {"title": TITLE, "description": ABOUT, "version": document["info"]["version"]}
    paths = {
        path: {method: _operation(method, path, operation) for method, operation in methods.items()}
        for path, methods in document["paths"].items()
    }
    schemas = {name: _schema(schema) for name, schema in document["components"]["schemas"].items()}
    schemes = {"bearer": {**document["components"]["securitySchemes"]["bearer"], "description": TOKEN}}
    tags = dict.fromkeys(operation["tags"][0] for methods in paths.values() for operation in methods.values())
    return {
        "openapi": document["openapi"],
        "info": info,
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": schemes},
        "security": document["security"],
        "tags": [{"name": tag} for tag in tags],
    }


def _operation(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    words = [part for part in path.removeprefix("/api/").split("/") if not part.startswith("{")]
    result = {key: _schema(value) for key, value in operation.items() if key not in ("description", "parameters")}
    result["summary"] = f"{_VERBS[method]} {' / '.join(words)}"
    if "parameters" in operation:
        result["parameters"] = [_parameter(parameter) for parameter in operation["parameters"]]
    result["responses"] = {
        status: {**_schema(answer), "description": _OUTCOMES.get(status, "The outcome")}
        for status, answer in operation["responses"].items()
    }
    return result


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter; where its description alone tells the values, they are told in our words."""
    result: dict[str, Any] = _schema(parameter)
    allowed = _ALLOWED.search(parameter.get("description", ""))
    if allowed and not parameter["schema"].get("pattern"):
        result["description"] = f"Allowed values: {allowed[1]}"
    return result


def _schema(raw: Any) -> Any:
    if isinstance(raw, list):
        return [_schema(part) for part in raw]
    if not isinstance(raw, dict):
        return raw
    return {key: _schema(value) for key, value in raw.items() if not _is_prose(key, value)}


def _is_prose(key: str, value: Any) -> bool:
    """Whether a member tells people something: an example counts as a value where it is a number, a flag or a time."""
    if key == "example":
        return isinstance(value, dict) or (isinstance(value, str) and not _VALUE.fullmatch(value))
    return key in ("description", "title", "summary") and isinstance(value, str)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(file: Path) -> None:
    """Write the definition in FILE, exported from a release's page /api/doc, without its prose to standard output."""
    document = json.loads(file.read_text(encoding="utf-8"))
    click.echo(json.dumps(stripped(document), indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
