"""The embedded Kimai: an API that answers like a released Kimai, for machines without one.

It serves the suite's own tests, newcomers who have no instance at hand, and people who write API clients.
What it is alike was measured on released instances; what it does not do is told in `docs/explanation/embedded.md`.

Rooms, each with one reason to change:

| room | what it does |
| --- | --- |
| `interface/`, `openapi/` | what the release's definition says, and the page that serves it |
| `behaviour/` | rights, times, rates, budgets, locks; `behaviour/versions` has what differs by release |
| `forms/` | bodies: decoding, fields, messages |
| `handlers/` | what each operation does, one module a resource |
| `store/` | what is kept: models, settings, users |
| `web/` | from a request to a handler and back: `web/routing`, `web/dispatch`, `web/serialise` |
| `faults/`, `proxy/` | planted faults, here or in front of another instance |
| `server`, `testing` | running it: context manager, pytest fixture |
"""
