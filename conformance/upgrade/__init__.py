"""What API clients will see change when one instance becomes another.

    snapshot = take(settings, console)            # facts, with the mended definition
    comparison = compare(old, new)                # every change, by class, folded by cause

| module | what it does |
| --- | --- |
| `facts` | one thing that a client sees, and two rounds of it joined |
| `specimens`, `questions/` | own records to ask with; what is asked |
| `taking`, `interrupts`, `snapshot` | from an instance to a file, leaving nothing behind |
| `documented` | what a definition says, as facts of the same kind |
| `rules` | THE table: every kind of change, its class and what a client notices |
| `reading`, `joining` | which rule a difference falls under; documents joined with observations |
| `comparison`, `rendering/` | the result, and as text, JSON, Markdown and HTML |
"""
