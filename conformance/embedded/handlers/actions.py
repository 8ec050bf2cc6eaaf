"""The entries of a record's context menu, as a list of links."""

from __future__ import annotations

from functools import partial
from typing import Any

from conformance.embedded.handlers.catalog import KINDS, Kind
from conformance.embedded.handlers.common import target
from conformance.embedded.store.models import Project, Timesheet
from conformance.embedded.store.state import Reply, RequestContext

Entry = dict[str, Any]
_MODAL = "modal-ajax-form"
_LISTS = ("index", "custom")
_DELETED_ON = {"activity": ("project_details",), "project": ("customer_details",)}
"""The pages beside the list from which a record can be deleted."""
_LATER_TITLES = {"filter": "Filter data", "create-project": "Create project", "create-activity": "Create activity"}
_LATER_TITLES |= {"report": "Report"}


def _entry(name: str, title: str, url: str | None = None, css: str | None = None, **attr: str) -> Entry:
    names = {key.replace("_", "-"): value for key, value in attr.items()}
    return {"id": name, "title": title, "url": url, "class": css, "attr": names, "divider": False}


def _menu(*groups: list[Entry], last: list[Entry]) -> Reply:
    """The groups with dividers between them; the last one's divider is a mark on its entry."""
    entries: list[Entry] = []
    count = 0
    for group in groups:
        if group and entries:
            entries.append({**_entry(f"divider{count}", f"divider{count}"), "divider": True})
            count += 1
        entries += group
    return Reply([*entries, *({**entry, "divider": True} for entry in last)])


def _timesheet(call: RequestContext) -> Reply:
    sheet, locale = target(call, Timesheet), call.parameters["locale"]
    if call.version.actions_guarded:
        call.access.require_timesheet("view", sheet)
    page = f"/{locale}/timesheet/{sheet.id}"
    api = f"/api/timesheets/{sheet.id}"
    first = []
    if sheet.end is not None and call.access.timesheet("start", sheet):
        first.append(_repeat(call, f"{api}/restart?_locale={locale}"))
    if call.access.timesheet("edit", sheet):
        first.append(_entry("edit", "Edit", f"{page}/edit", f"{_MODAL} dd-ts-edit"))
        first.append(_entry("copy", "Create copy", f"{page}/duplicate", f"{_MODAL} dd-ts-duplicate"))
    # The divider stays where nothing follows it, and the entry behind it is marked as well.
    divider = [{**_entry("divider0", "divider0"), "divider": True}] if first else []
    deleted = _is_view(call, "index", "calendar") and call.access.timesheet("delete", sheet)
    last = [_trash(f"{api}?_locale={locale}")] if deleted else []
    return Reply([*first, *divider, *({**entry, "divider": True} for entry in last)])


def _is_view(call: RequestContext, *views: str) -> bool:
    """Whether the menu is asked for one of those pages: what makes or deletes a record stands on some pages only."""
    return call.parameters["view"] in views


def _repeat(call: RequestContext, link: str) -> Entry:
    attr = {
        "data_payload": '{"copy": "all"}',
        "data_event": "kimai.timesheetStart kimai.timesheetUpdate",
        "data_method": "PATCH",
        "data_msg_error": "timesheet.start.error",
        "data_msg_success": "timesheet.start.success",
    }
    if not call.version.actions_guarded:
        return _entry("repeat", "Start again", link, "api-link dd-ts-repeat", **attr)
    return _entry("repeat", "Start again", "#", "api-link dd-ts-repeat", data_href=link, **attr)


def _trash(link: str) -> Entry:
    return _entry(
        "trash",
        "Delete",
        link,
        "api-link text-red dd-ts-trash",
        data_event="kimai.timesheetDelete",
        data_method="DELETE",
        data_question="confirm.delete",
        data_msg_error="action.delete.error",
        data_msg_success="action.delete.success",
    )


def _content(kind: Kind, call: RequestContext) -> Reply:
    record, locale = target(call, kind.model), call.parameters["locale"]
    may = {action: call.access.content(action, record) for action in ("view", "edit", "permissions", "delete")}
    if call.version.actions_guarded:
        call.access.require_content(["view"], record)
    page = f"/{locale}/admin/{kind.word}"
    permissions = "Permissions" if call.version.action_titles else "Team permissions"
    entries = []
    if may["view"]:
        entries.append(_entry("details", "Show", f"{page}/{record.id}/details"))
    if may["edit"]:
        entries.append(_entry("edit", "Edit", f"{page}/{record.id}/edit", _MODAL))
    if may["permissions"]:
        entries.append(_entry("permissions", permissions, f"{page}/{record.id}/permissions", _MODAL))
    if kind.word == "customer" and record.visible and call.access.has("create_project") and _is_view(call, *_LISTS):
        link = f"{page.removesuffix('customer')}project/create/{record.id}"
        entries.append(_entry("create-project", _title(call, "create-project"), link, _MODAL))
    main = entries
    rest = _rest_entries(kind, call, record, may, page, locale)
    filters = [_entry("filter", _title(call, "filter"))] if call.access.has("view_other_timesheet") else []
    deleted = may["delete"] and _is_view(call, "index", *_DELETED_ON.get(kind.word, ()))
    last = [_entry("trash", "Delete", f"{page}/{record.id}/delete", f"{_MODAL} text-red")] if deleted else []
    return _menu(main, filters, rest, last=last)


def _title(call: RequestContext, name: str) -> str:
    return _LATER_TITLES[name] if call.version.action_titles else name


def _rest_entries(
    kind: Kind, call: RequestContext, record: Any, may: dict[str, bool], page: str, locale: str
) -> list[Entry]:
    if kind.word == "customer":
        seen = call.access.has("view_other_timesheet")
        return [_entry("report", _title(call, "report"))] if seen else []
    if kind.word == "activity":
        if not record.visible or not call.access.has("create_other_timesheet"):
            return []
        project = f"&project={record.project_id}" if record.project_id else ""
        link = f"/{locale}/team/timesheet/create?activity={record.id}{project}"
        return [_entry("create-timesheet", "Create timesheet", link, _MODAL)]
    return _project_entries(call, record, may, page, locale)


def _project_entries(
    call: RequestContext, project: Project, may: dict[str, bool], page: str, locale: str
) -> list[Entry]:
    entries = []
    if project.visible and call.access.has("create_activity") and _is_view(call, *_LISTS):
        link = f"{page.removesuffix('project')}activity/create/{project.id}"
        entries.append(_entry("create-activity", _title(call, "create-activity"), link, _MODAL))
    if may["edit"] and call.access.has("create_project") and call.state.knows("POST /api/projects/{id}/duplicate"):
        entries.append(
            _entry(
                "copy",
                "Create copy",
                f"/api/projects/{project.id}/duplicate?_locale={locale}",
                "api-link",
                data_method="POST",
                data_event="kimai.projectDuplicate",
                data_msg_error="action.update.error",
            )
        )
    if may["view"]:
        link = f"/{locale}/reporting/project_details?project={project.id}"
        entries.append(_entry("report_project_details", "Project details", link))
    return entries


HANDLERS = {f"GET /api/actions/{kind.word}/{{id}}/{{view}}/{{locale}}": partial(_content, kind) for kind in KINDS} | {
    "GET /api/actions/timesheet/{id}/{view}/{locale}": _timesheet
}
