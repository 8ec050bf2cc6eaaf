"""A short run beside a stranger, and all that is wrong after it."""

from __future__ import annotations

from tests.safety.strangers.cases import Case
from tests.safety.strangers.shortrun import ShortRun
from tests.safety.strangers.site import Site


def plan(site: Site, case: Case) -> None:
    """Have the case's deeds and disturbances come at their moments."""
    for name, moment in case.deeds:
        site.when(name, moment)
    for name, moment in case.disturbed:
        site.disturb(name, moment)


def losses_of(site: Site, run: ShortRun) -> list[str]:
    """Run, then let late writes arrive and clean again. Return what is wrong after the first and the second of these.

    Nothing disturbs the second clean-up, and the stranger has gone home. Of a network that is down at the end no more
    is asked at first than that nothing is lost, and that the run says so.
    """
    run.run()
    results = [line for line in wrong(site, run) if not _is_excused(site, run, line)]
    site.proxy.settle()
    site.proxy.release()
    run.clean_again()
    return results + [f"cleaned again: {line}" for line in wrong(site, run) if line not in results]


def wrong(site: Site, run: ShortRun) -> list[str]:
    """Return what is wrong now, after what the last clean-up of a run said."""
    losses = site.losses([*run.left_behind, *run.kept])
    # What was allowed in so many words is named, and no exit 4.
    stays = [key for key in site.account.stays() if key.table != "user_preferences"]
    if stays and not run.left_behind:
        losses.append("what stays is not exit 4")
    return losses


def _is_excused(site: Site, run: ShortRun, line: str) -> bool:
    """Whether a disturbed network alone is to blame for something, until the second clean-up."""
    if site.proxy.is_cut and line.startswith(("not named", "hidden")):
        return True  # nobody can name what they cannot see, nor show again what they cannot reach
    profile = line.startswith(("changed: users", "changed: user_preferences"))
    return profile and bool(site.proxy.done) and any("/api/users/" in item for item in run.left_behind)


def missing(site: Site, case: Case) -> list[str]:
    """Return the deeds and disturbances of a case that had no occasion."""
    done = [line.partition(": ")[2] for line in (*site.stranger.done, *site.proxy.done)]
    return [name for name, _ in (*case.deeds, *case.disturbed) if name not in done]
