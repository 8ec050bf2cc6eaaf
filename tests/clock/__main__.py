"""`python -m tests.clock [PYTEST ARGUMENTS]`: the tests with the clock set, shared by as many processes as processors.

Exit status 1 where a test fails at some moment; the report of a failure says how to have that moment again.
"""

from __future__ import annotations

import os
import secrets
import sys
import tempfile

from tests import processes


def main() -> int:
    """Run the tests; show what one process says as it says it, and what the others said afterwards."""
    seed = [f"--clock-seed={secrets.token_hex(4)}"]
    print(*seed, "has the same moments drawn again", flush=True)
    with tempfile.TemporaryDirectory(prefix="clock-") as claims:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.clock.plugin", *seed, f"--clock-claims={claims}"]
        command += ["-p", "no:cacheprovider", *sys.argv[1:]]
        first = processes.start(command, stdout=None)
        running = [first, *(processes.start(command) for _ in range(1, os.cpu_count() or 1))]
        for process in running:
            print(process.communicate()[0] or "", flush=True)
    return int(any(process.returncode for process in running))


if __name__ == "__main__":
    sys.exit(main())
