"""The documented promises, and the checks that hold observations against them: a module for each topic.

A check takes an observation from `conformance.probes` and judges it by one clause of `clauses.toml`, place by place.
It builds no URL, no header and no clean-up. What released versions are known to do instead is in `deviations.toml`.

To add a promise: an entry in `clauses.toml`, and one function marked with `@clause("its.id")` that takes `judge` and
`context`. Where one observation serves several checks, `context.once` keeps it and an xdist group keeps them in one
process.
"""
