"""What API clients will see change when one instance becomes another.

    snapshot = take(settings, console)            # facts, with the mended definition
    comparison = compare(old, new)                # every change, by class, folded by cause

| module | what it does |
| --- | --- |
| `facts`, `rows` | one thing that a client sees, two rounds of it joined, and as rows of a file |
| `canonical`, `typewords` | answers as words that depend on no zone, no order and no people |
| `questions/` | what is asked, with own records |
| `collect`, `snapshot`, `migration` | from an instance to a file, leaving nothing behind; older files |
| `sides`, `documents`, `releases/` | what OLD and NEW name: a file, a document alone, an unmodified release |
| `rules` | THE table: every kind of change, its class and what a client notices |
| `classify`, `definition_diff`, `diff` | which rule a difference falls under; documents joined with observations |
| `attribution` | what is the version's doing, and what the instances' settings, rights and plugins |
| `changes`, `causes`, `comparison` | one change, changes folded by cause, and the result |
| `traffic`, `client` | a client's own requests: what touches them, and what they lean on |
| `rendering/` | a comparison as text, JSON, Markdown and HTML |
"""
