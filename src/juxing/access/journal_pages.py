"""The journal on the screen: who did what, where, when and why."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from juxing.access import policy
from juxing.access.forms import JournalFilterForm
from juxing.access.journal_queries import (
    JournalFilter,
    action_label,
    entries_of_the_same_act,
    journal_page,
)
from juxing.access.journal_queries import entry as journal_entry
from juxing.kernel.journal import ACTING_FOR, reason_label
from juxing.kernel.models import JournalEntry
from juxing.kernel.web import ActorRequest, signed_in


@signed_in(policy.READ_JOURNAL)
def journal(request: ActorRequest) -> HttpResponse:
    """List entries, newest first, narrowed by place, action, person and time."""
    form = JournalFilterForm(request.GET)
    wanted = JournalFilter()
    if form.is_valid():
        cleaned = form.cleaned_data
        wanted = JournalFilter(
            area_code=cleaned["area"], action=cleaned["action"], actor_name=cleaned["person"],
            since=cleaned["since"], until=cleaned["until"],
        )  # fmt: skip
    page = journal_page(actor=request.actor, wanted=wanted, cursor=request.GET.get("cursor"))
    context = {
        "page_title": _("Journal"), "form": form, "page": page, "rows": page.rows,
        "page_subtitle": _("Everything that was done, by whom and why. Entries cannot be changed or deleted."),
        "columns": [
            {"label": _("Time")}, {"label": _("What was done")}, {"label": _("By whom")}, {"label": _("Place")},
            {"label": _("Reason")},
        ],
        "caption": _("Journal entries"), "pager_text": _("Newest first"), "reset_url": reverse("access:journal"),
        "page_actions": [{"label": _("Seals"), "url": reverse("access:seals"), "icon": "lock"}],
        "empty": {"icon": "history", "title": _("No entry fits."), "text": _("Widen the time or clear the filter.")},
    }  # fmt: skip
    return render(request, "access/journal.html", context)


@signed_in(policy.READ_JOURNAL)
def entry(request: ActorRequest, entry_id: int) -> HttpResponse:
    """Show one entry, and what else was done in the same act."""
    found = journal_entry(actor=request.actor, entry_id=entry_id)
    together = entries_of_the_same_act(actor=request.actor, entry=found)
    label = str(action_label(found.action))
    context = {
        "page_title": label, "entry": found,
        "breadcrumbs": [{"label": _("Journal"), "url": reverse("access:journal")}, {"label": label}],
        "items": [
            {"term": _("Happened"), "value": found.happened_at},
            {"term": _("Written down"), "value": found.recorded_at},
            {"term": _("By whom"), "value": found.actor_name},
            {"term": _("Place"), "value": found.area_code or _("everywhere")},
            {"term": _("Kind of thing"), "value": found.subject_type},
            {"term": _("Reason"), "value": reason_label(found.reason) or "–"},
            *([{"term": _("Acting for"), "value": found.acting_for}] if found.acting_for else []),
            *({"term": name, "value": value} for name, value in found.changes.items() if name != ACTING_FOR),
        ],
        "entries": [_timeline(other) for other in together],
    }  # fmt: skip
    return render(request, "access/entry.html", context)


def _timeline(entry: JournalEntry) -> dict[str, object]:
    return {
        "title": action_label(entry.action), "happened_at": entry.happened_at, "actor": entry.actor_name,
        "acting_for": entry.acting_for, "reason": reason_label(entry.reason), "place": entry.area_code,
    }  # fmt: skip
