"""Words for states: what a household reads, and what tone a badge has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.models import JournalEntry
from juxing.kernel.refusals import Words
from juxing.needs.enums import WAITING, NeedStatus
from juxing.needs.models import Need

TONES: dict[str, str] = {
    NeedStatus.DRAFT: "neutral",
    NeedStatus.SUBMITTED: "waiting",
    NeedStatus.TRIAGED: "waiting",
    NeedStatus.REOPENED: "problem",
    NeedStatus.MATCHED: "moving",
    NeedStatus.ASSIGNED: "moving",
    NeedStatus.IN_DELIVERY: "moving",
    NeedStatus.FULFILLED: "done",
    NeedStatus.CONFIRMED: "done",
    NeedStatus.UNMET: "problem",
    NeedStatus.WITHDRAWN: "ended",
}
PLAIN: dict[str, Words] = {
    NeedStatus.DRAFT: _("We are reading your request."),
    NeedStatus.SUBMITTED: _("We are reading your request."),
    NeedStatus.TRIAGED: _("We are looking for someone to help you. You need do nothing."),
    NeedStatus.REOPENED: _("We are putting it right. Your request comes before others."),
    NeedStatus.MATCHED: _("We have asked a helper and wait for the answer."),
    NeedStatus.ASSIGNED: _("A helper has taken your request."),
    NeedStatus.IN_DELIVERY: _("The helper is on the way to you."),
    NeedStatus.FULFILLED: _("The helper says it was delivered. Did you get it?"),
    NeedStatus.CONFIRMED: _("You got it. Thank you for telling us."),
    NeedStatus.UNMET: _("We could not do this."),
    NeedStatus.WITHDRAWN: _("This request was withdrawn."),
}
TIMELINE_TONES = {"confirm": "good", "fulfil": "good", "reopen": "bad", "mark_unmet": "bad"}
HIDDEN_FROM_RESIDENTS = frozenset(
    {"needs.need.print", "needs.need.set_aside", "needs.need.part", "needs.need.triage", "needs.need.match"}
)


@dataclass(frozen=True, slots=True)
class PageState:
    """A state as a badge and a sentence."""

    label: str
    tone: str
    sentence: Words
    can_confirm: bool
    can_reopen: bool
    can_withdraw: bool
    is_waiting: bool


def page_state(need: Need) -> PageState:
    """Return what a household is told, and what it can do now."""
    status = NeedStatus(need.status)
    return PageState(
        label=str(status.label),
        tone=TONES[status],
        sentence=PLAIN[status],
        can_confirm=status == NeedStatus.FULFILLED,
        can_reopen=status in {NeedStatus.FULFILLED, NeedStatus.CONFIRMED, NeedStatus.UNMET},
        can_withdraw=status in {NeedStatus.SUBMITTED, NeedStatus.TRIAGED, NeedStatus.REOPENED, NeedStatus.MATCHED,
                                NeedStatus.ASSIGNED, NeedStatus.IN_DELIVERY},
        is_waiting=status in WAITING,
    )  # fmt: skip


def public_timeline(entries: Iterable[JournalEntry]) -> list[dict[str, Any]]:
    """Return a timeline without names of staff and their reasons; that the words were opened is shown."""
    return [
        {"title": entry_title(entry), "happened_at": entry.happened_at, "tone": _tone(entry)}
        for entry in entries
        if entry.action not in HIDDEN_FROM_RESIDENTS
    ]


def desk_timeline(entries: Iterable[JournalEntry]) -> list[dict[str, Any]]:
    """Return a timeline with who and why."""
    return [
        {
            "title": entry_title(entry), "happened_at": entry.happened_at, "recorded_at": None,
            "actor": entry.by_whom, "acting_for": entry.acting_for,
            "reason": journal.reason_label(entry.reason), "tone": _tone(entry),
        }
        for entry in entries
    ]  # fmt: skip


def entry_title(entry: JournalEntry) -> Words:
    """Return the words of an action, or its code if its room is gone."""
    is_known = entry.action in journal.actions
    return journal.actions[entry.action] if is_known else entry.action


def _tone(entry: JournalEntry) -> str:
    return TIMELINE_TONES.get(entry.action.rpartition(".")[2], "neutral")
