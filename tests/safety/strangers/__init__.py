"""A stranger in the tests: people at work on an instance, and a network that errs, while a run goes on.

    with Site(furnished("2.66.0"), tmp_path) as site:                       # site.py: embedded Kimai, database, proxy
        site.when("books-once", Moment("DELETE /api/customers/{id}"))       # deeds.py: what people do, by name
        site.disturb("answer-lost", Moment("POST /api/tags", 2))            # disturbances.py: what networks do, by name
        draw_deeds(site, random.Random(7), requests=100, number=4)          # drawn.py: either by a seed
        run = ShortRun(site, ("hours", "tags"), settings={"allow": …})      # shortrun.py: client, ledger, clean-up
        assert losses_of(site, run) == [], site.told()                      # judging.py: runs, cleans again, compares
    with Site(…) as site, Commands(site) as commands:                       # commands.py: the command line instead
        ended = commands.run("run", "--write", "--profile", "smoke")
        assert site.losses(ended.lines) == []                               # account.py: the whole database

`cases.py` has the chosen cases.
"""
