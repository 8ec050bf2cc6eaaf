"""`python -m conformance.embedded`: serve an embedded Kimai, for development."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from conformance.embedded.interface import NEWEST, VERSIONS
from conformance.embedded.web.serve_command import list_faults, serve
from conformance.model import CommandError


def main() -> int:
    """Read the arguments and serve until interrupted. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8066)
    parser.add_argument("--users", type=Path)
    parser.add_argument("--database", type=Path)
    parser.add_argument("--emulate", default=NEWEST, help=", ".join(VERSIONS))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("--list-faults", action="store_true")
    arguments = parser.parse_args()
    try:
        if arguments.list_faults:
            return list_faults()
        return serve(
            arguments.port,
            arguments.users,
            arguments.database,
            arguments.emulate,
            tuple(arguments.fault),
            tuple(arguments.set),
            None,
            False,
        )
    except CommandError as error:
        print(f"{error}\n{error.hint}".strip(), file=sys.stderr)
        return int(error.status)


if __name__ == "__main__":
    sys.exit(main())
