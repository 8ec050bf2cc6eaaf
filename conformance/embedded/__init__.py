"""The embedded Kimai: an API that answers like a released Kimai, for machines without one.

It serves the suite's own tests, newcomers who have no instance at hand, and people who write API clients.
What it is alike was measured on released instances; what it does not do is told in `docs/embedded.md`.

Rooms, each with one reason to change:

    errors, versions, settings               what can be set, or differs by version
    models, storage, people                  what is kept, and the users it starts with
    datetimes, colours, rates                the arithmetic of times, colours and money
    access                                   who may do what: by role and by team
    forms/                                   bodies: decoding, fields, messages
    queries                                  query parameters and filters
    serialise                                entities as JSON, from the definition
    routing, auth, doorway, app              from a request to a handler and back
    handlers/                                one module a resource
    server, serving, testing                 running it: context manager, command, pytest fixture
"""
