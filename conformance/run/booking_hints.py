"""Projects and activities that an actor could book on, with the two flags that name them."""

from __future__ import annotations

from typing import Any

from conformance.exchange import Client
from conformance.model import Actor
from conformance.run.capabilities import capabilities
from conformance.run.preflight import Preflight
from conformance.run.prepare import preflight_context
from conformance.run.target import client_config
from conformance.settings import Settings

_SHOWN = 5


def suggestions(settings: Settings, known: Preflight) -> list[str]:
    """Return lines that name up to five pairs, where the run has nothing to book on; else nothing."""
    at_hand = capabilities(settings, known)
    if "manage" in at_hand or settings.project is not None or settings.read_only:
        return []
    actor, pairs = known.actors[-1], []
    with Client(client_config(preflight_context(settings), None, read_only=True), known.index) as client:
        for project in _list(client, actor, "/api/projects", {})[:_SHOWN]:
            activities = _list(client, actor, "/api/activities", {"project": project.get("id")})
            if activities:
                names = f"{project.get('name')} / {activities[0].get('name')}"
                pairs.append(f"  --project {project.get('id')} --activity {activities[0].get('id')}   ({names})")
    if not pairs:
        return [f"{actor.name} sees no project with an activity to book on: give another actor."]
    return [f"{actor.name} could book on:", *pairs]


def _list(client: Client, actor: Actor, path: str, query: dict[str, Any]) -> list[dict[str, Any]]:
    body = client.session(actor).get(path, params=query).json_or_none()
    return [entry for entry in body if isinstance(entry, dict)] if isinstance(body, list) else []
