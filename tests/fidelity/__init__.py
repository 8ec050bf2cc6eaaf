"""How alike the embedded Kimai is to a released one, as figures.

Recordings of released versions are looked for in `../shared/kimai` and replayed with `../shared/tools/replay.py`.
Neither belongs to this repository: what needs them is skipped, with the reason, where they are missing.
"""
