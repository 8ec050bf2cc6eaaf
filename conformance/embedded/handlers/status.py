"""Ping, version, plugins and what of the configuration is shown."""

from __future__ import annotations

from conformance.embedded.behaviour import colours
from conformance.embedded.store.state import Reply, RequestContext


def _version(call: RequestContext) -> Reply:
    name = call.version.name
    copyright_line = f"Kimai {name} by Kevin Papst."
    return Reply({"version": name, "versionId": call.version.version_id, "copyright": copyright_line})


def _timesheet_config(call: RequestContext) -> Reply:
    settings = call.state.settings
    return Reply(
        {
            "trackingMode": settings.text("timesheet.mode"),
            "defaultBeginTime": settings.text("timesheet.default_begin"),
            "activeEntriesHardLimit": settings.number("timesheet.active_entries.hard_limit"),
            "isAllowFutureTimes": settings.rule("allow_future_times"),
            "isAllowOverlapping": settings.rule("allow_overlapping_records"),
        }
    )


HANDLERS = {
    "GET /api/ping": lambda _call: Reply({"message": "pong"}),
    "GET /api/version": _version,
    "GET /api/plugins": lambda _call: Reply([]),
    "GET /api/config/timesheet": _timesheet_config,
    "GET /api/config/colors": lambda _call: Reply(dict(colours.CHOICES)),
}
