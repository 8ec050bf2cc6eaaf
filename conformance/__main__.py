"""`python -m conformance` is `kimai-conformance`."""

from conformance.cli import main

main()
