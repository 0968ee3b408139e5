"""Rows as pages show them: masked where the work does not need the person, states with their tone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page
from juxing.kernel.masking import masked_name, masked_phone
from juxing.kernel.models import JournalEntry
from juxing.responders import policy
from juxing.responders.enums import (
    Language,
    ReportInChannel,
    ReportInScope,
    ReportInStatus,
    ResponderKind,
    Skill,
    Transport,
)
from juxing.responders.models import Responder
from juxing.responders.queries import ListedResponder, ResponderDetail

TONES: dict[str, str] = {
    ReportInStatus.SUBMITTED: "waiting",
    ReportInStatus.VERIFIED: "done",
    ReportInStatus.PLACED: "moving",
    ReportInStatus.INACTIVE: "neutral",
    ReportInStatus.WITHDRAWN: "ended",
}


def labels(choices: Any, values: Iterable[str]) -> str:
    """Return the words of some choices, joined as the language does it."""
    known = set(choices.values)
    return _(", ").join(str(choices(value).label) for value in values if value in known)


def name_for(actor: Actor, responder: Responder) -> tuple[str, bool]:
    """Return the name as this actor sees it, and whether it is masked: whoever verifies people knows them."""
    if not responder.name:
        return _("Someone who left"), False
    if policy.can_verify(actor, responder):
        return responder.name, False
    return masked_name(responder.name), True


def name_in_roster(actor: Actor, responder: Responder) -> str:
    """Return the name for a roster; of two masked alike, who came from elsewhere, the telephone's ends tell which."""
    name, is_masked = name_for(actor, responder)
    return f"{name} {masked_phone(responder.phone)}".strip() if is_masked else name


def row_of(listed: ListedResponder, actor: Actor) -> dict[str, Any]:
    """Return a row of the list."""
    responder = listed.responder
    name, is_masked = name_for(actor, responder)
    status = ReportInStatus(responder.status)
    return {
        "uuid": responder.uuid, "url": reverse("responders:detail", args=[responder.uuid]), "name": name,
        "is_masked": is_masked, "phone": masked_phone(responder.phone), "place": listed.place,
        "kind": ResponderKind(responder.kind).label, "unit": responder.home_unit.name if responder.home_unit else "",
        "skills": labels(Skill, responder.skills), "transport": Transport(responder.transport).label,
        "reach_m": responder.reach_m, "state": {"label": status.label, "tone": TONES[status]},
        "free": listed.free, "capacity": responder.capacity, "is_available": responder.is_available,
        "may_verify": status == ReportInStatus.SUBMITTED and policy.can_verify(actor, responder),
    }  # fmt: skip


def detail_items(shown: ResponderDetail, actor: Actor) -> list[dict[str, Any]]:
    """Return the facts of one responder for the definition list."""
    responder = shown.responder
    may_call = policy.can_verify(actor, responder)
    reach = _("%(transport)s, up to %(metres)s m") % {
        "transport": Transport(responder.transport).label, "metres": responder.reach_m
    }  # fmt: skip
    return [
        {"term": _("Kind"), "value": ResponderKind(responder.kind).label},
        {"term": _("Telephone"), "value": responder.phone if may_call else masked_phone(responder.phone)},
        {"term": _("Community"), "value": shown.place},
        {"term": _("Home unit"), "value": responder.home_unit.name if responder.home_unit else _("none")},
        {"term": _("Skills"), "value": labels(Skill, responder.skills) or _("none named")},
        {"term": _("Languages"), "value": labels(Language, responder.languages)},
        {"term": _("Gets about"), "value": reach},
        {
            "term": _("Tasks a day"),
            "value": _("%(capacity)s, %(free)s free today") % {"capacity": responder.capacity, "free": shown.free},
        },
        {"term": _("Can be asked"), "value": _("yes, now") if responder.is_available else _("not now")},
    ]


def report_in_words(shown: Any) -> list[dict[str, Any]]:
    """Return report-ins for a list: to whom, by which way, when."""
    return [
        {
            "scope": ReportInScope(row.scope).label,
            "unit": row.organisation.name if row.organisation else "",
            "channel": ReportInChannel(row.channel).label if row.channel in ReportInChannel.values else row.channel,
            "reported_at": row.reported_at,
        }
        for row in shown.report_ins
    ]


def entries_shown(entries: Iterable[JournalEntry]) -> list[dict[str, Any]]:
    """Return journal entries for the timeline."""
    return [
        {
            "title": _title(entry.action),
            "happened_at": entry.happened_at, "recorded_at": None,
            "actor": entry.by_whom, "acting_for": entry.acting_for,
            "reason": entry.reason,
        }
        for entry in entries
    ]  # fmt: skip


def _title(action: str) -> Any:
    try:
        return journal.actions[action]
    except LookupError:
        return action


def page_shown(page: Page[Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a page for the list component: rows as shown, and the cursors of its neighbours."""
    return {"rows": rows, "next_cursor": page.next_cursor, "previous_cursor": page.previous_cursor}
