"""The reference of commands and settings, from the declarations of the command line and of the settings file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

import click

from conformance.documentation.generated import code, table
from conformance.settings.file import ActorTable, InstanceTable, RunTable
from conformance.settings.load import VARIABLES

WIDTH = 100


def commands(group: click.Group) -> str:
    """Return the help of every command of `group`, a section a command."""
    parts = []
    with click.Context(group, info_name="kimai-conformance", max_content_width=WIDTH, terminal_width=WIDTH) as root:
        for name in group.list_commands(root):
            command = group.get_command(root, name)
            assert command is not None
            with click.Context(command, root, info_name=name, max_content_width=WIDTH, terminal_width=WIDTH) as context:
                parts.append(f"## {name}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def settings(group: click.Group) -> str:
    """Return every key of the settings file with its flag, its variable, its values and what it does."""
    flags = {str(parameter.name): parameter for parameter in _options(group)}
    parts = []
    for title, model in (("[instance]", InstanceTable), ("[run]", RunTable)):
        rows = [_row(key, field.annotation, flags) for key, field in model.model_fields.items()]
        parts.append(f"## `{title}`\n\n" + table(("key", "flag", "variable", "values", "what it does"), rows))
    keys = [(code(key), _values(field.annotation)) for key, field in ActorTable.model_fields.items()]
    parts.append("## `[[actors]]`\n\n" + table(("key", "values"), keys))
    documented = {f"KIMAI_{key.upper()}" for model in (InstanceTable, RunTable) for key in model.model_fields}
    others = ", ".join(code(name) for name in sorted(VARIABLES - documented))
    parts.append(f"## Further variables\n\n{others}\n")
    return "\n".join(parts)


def _options(group: click.Group) -> Iterator[click.Option]:
    with click.Context(group) as root:
        for name in ("run", "doctor"):
            command = group.get_command(root, name)
            assert command is not None
            yield from (parameter for parameter in command.params if isinstance(parameter, click.Option))


def _row(key: str, annotation: Any, flags: Mapping[str, click.Option]) -> tuple[str, ...]:
    option = flags.get(key) or flags.get(key.removesuffix("s"))
    variable = f"KIMAI_{key.upper()}"
    return (
        code(key),
        ", ".join(code(name) for name in option.opts) if option else "",
        code(variable) if variable in VARIABLES else "",
        _values(annotation),
        (option.help or "") if option else "",
    )


def _values(annotation: Any) -> str:
    """Return what a key may be: its words, or its type."""
    arguments = [one for one in get_args(annotation) if one is not type(None)]
    if not arguments:
        return _TYPES.get(annotation, str(annotation))
    if all(isinstance(one, str) for one in arguments):
        return ", ".join(code(one) for one in arguments)
    if annotation == dict[str, str]:
        return "table of texts"
    return ", ".join(_values(one) for one in arguments)


_TYPES = {str: "text", int: "number", float: "number", bool: "`true`, `false`"}
