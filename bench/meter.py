"""`python -m bench.meter COMMAND …`: runs a command, then writes CPU seconds, peak MB and exit status to stderr."""

from __future__ import annotations

import resource
import subprocess
import sys


def main() -> None:
    """Run, and account for all that was waited for."""
    status = subprocess.run(sys.argv[1:], check=False).returncode
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    scale = 1024 if sys.platform != "darwin" else 1024 * 1024
    print(f"\n{usage.ru_utime + usage.ru_stime:.3f} {usage.ru_maxrss / scale:.1f} {status}", file=sys.stderr)


if __name__ == "__main__":
    main()
