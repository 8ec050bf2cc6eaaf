"""Ping, version, plugins and what of the configuration is shown."""

from __future__ import annotations

from conformance.embedded.behaviour import colours
from conformance.embedded.store.state import Reply, RequestContext


def _ping(_call: RequestContext) -> Reply:
    return Reply({"message": "pong"})


def _version(call: RequestContext) -> Reply:
    name = call.version.name
    copyright_line = f"Kimai {name} by Kevin Papst."
    return Reply({"version": name, "versionId": call.version.version_id, "copyright": copyright_line})


def _plugins(_call: RequestContext) -> Reply:
    return Reply([])


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


def _colours(_call: RequestContext) -> Reply:
    return Reply(dict(colours.CHOICES))


HANDLERS = {
    "GET /api/ping": _ping,
    "GET /api/version": _version,
    "GET /api/plugins": _plugins,
    "GET /api/config/timesheet": _timesheet_config,
    "GET /api/config/colors": _colours,
}
