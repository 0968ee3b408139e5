"""Trainings in words: states, facts, and what became of each place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from juxing.kernel.actors import Actor
from juxing.kernel.calendar_text import Event
from juxing.kernel.masking import masked_phone
from juxing.responders.models import TrainingSession, TrainingSignUp
from juxing.responders.pages.words import name_for
from juxing.responders.queries.trainings import Standing
from juxing.responders.training_enums import GONE, TOOK_PART, SignUpStatus, TrainingStatus, TrainingWord
from juxing.responders.training_inputs import labels_of

TRAINING_TONES = {
    TrainingStatus.DRAFT: "neutral", TrainingStatus.ANNOUNCED: "moving", TrainingStatus.HELD: "done",
    TrainingStatus.CANCELLED: "ended",
}  # fmt: skip
SIGN_UP_TONES = {
    SignUpStatus.SIGNED_UP: "moving", SignUpStatus.WAITING: "waiting", SignUpStatus.WITHDRAWN: "ended",
    SignUpStatus.EXCUSED: "neutral", SignUpStatus.MISSED: "neutral", SignUpStatus.PRESENT: "waiting",
    SignUpStatus.COMPLETED: "done",
}  # fmt: skip
LATE_MINUTES = 5


def badge(session: TrainingSession, *, now: datetime) -> dict[str, Any]:
    """Return the state with its tone; an announced one that runs says so."""
    status = TrainingStatus(session.status)
    if status == TrainingStatus.ANNOUNCED and session.starts_at <= now < session.ends_at:
        return {"label": _("Runs now"), "tone": "moving"}
    return {"label": status.label, "tone": TRAINING_TONES[status]}


def when_words(session: TrainingSession) -> str:
    """Return "2026-11-23 14:00–16:00"; the end's day only where it is another."""
    since, until = localtime(session.starts_at), localtime(session.ends_at)
    ends = f"{until:%H:%M}" if since.date() == until.date() else f"{until:%m-%d %H:%M}"
    return f"{since:%Y-%m-%d %H:%M}–{ends}"


def facts(session: TrainingSession) -> list[dict[str, Any]]:
    """Return what a training is, for a definition list."""
    rows: list[dict[str, Any]] = [
        {"term": _("When"), "value": when_words(session)}, {"term": _("Where people meet"), "value": session.place},
        {"term": pgettext("training", "Who holds it"), "value": session.holder},
        {"term": _("What it trains for"), "value": _("; ").join(labels_of(session.gives))},
        {"term": _("How it is seen that somebody understood"), "value": session.get_understanding_display()},
        {"term": _("Days for which it counts"), "value": session.valid_days},
        {"term": _("Sign up until"), "value": f"{localtime(session.sign_up_by):%Y-%m-%d %H:%M}"},
    ]  # fmt: skip
    if session.notice:
        rows.append({"term": _("What to bring or wear"), "value": session.notice})
    if session.why:
        rows.append({"term": _("Why it does not take place"), "value": session.why})
    return rows


def figures(session: TrainingSession, standing: Standing) -> list[dict[str, Any]]:
    """Return how a training stands, for the figures."""
    left = session.places - standing.taken
    return [
        {"label": _("Signed up"), "value": standing.taken, "icon": "users",
         "note": ngettext("of %(places)s place", "of %(places)s places", session.places) % {"places": session.places},
         "tone": "good" if left <= 0 else "neutral"},
        {"label": _("On the waiting list"), "value": standing.waiting, "icon": "clock",
         "tone": "warn" if standing.waiting else "neutral"},
        {"label": pgettext("training", "Took part"), "value": standing.took_part, "icon": "user-check"},
        {"label": pgettext("training", "Completed"), "value": standing.completed, "icon": "certificate"},
    ]  # fmt: skip


def training_row(session: TrainingSession, standing: Standing, place: str, *, now: datetime) -> dict[str, Any]:
    """Return a row of the list."""
    return {
        "url": reverse("responders:training", args=[session.uuid]), "title": session.title, "area": place,
        "when": when_words(session), "meet": session.place, "badge": badge(session, now=now),
        "taken": f"{standing.taken}/{session.places}", "waiting": standing.waiting, "completed": standing.completed,
    }  # fmt: skip


def person_row(row: TrainingSignUp, actor: Actor, *, now: datetime) -> dict[str, Any]:
    """Return one of those signed up, as whoever holds the training sees them; absence is said, never counted."""
    name, is_masked = name_for(actor, row.responder)
    status = SignUpStatus(row.status)
    return {
        "uuid": row.uuid, "name": name, "is_masked": is_masked, "phone": masked_phone(row.responder.phone),
        "state": {"label": state_label(row, now=now), "tone": SIGN_UP_TONES[status]}, "note": note_words(row),
        "channel": row.get_channel_display(), "signed_up_at": row.signed_up_at,
        "is_gone": status in GONE, "to_call": bool(row.to_tell) and not row.responder.phone_index,
        "to_tell": TrainingWord(row.to_tell).label if row.to_tell else "", "told_at": row.told_at,
        "may_tick": status != SignUpStatus.COMPLETED,
        "may_excuse": status in {SignUpStatus.SIGNED_UP, SignUpStatus.MISSED},
        "may_take_back": status in {SignUpStatus.SIGNED_UP, SignUpStatus.WAITING},
    }  # fmt: skip


def state_label(row: TrainingSignUp, *, now: datetime) -> str:
    """Return the state in words; who is expected and not seen yet once it has begun is awaited."""
    if row.status == SignUpStatus.SIGNED_UP and row.session.starts_at <= now < row.session.ends_at:
        return _("Awaited")
    return str(SignUpStatus(row.status).label)


def note_words(row: TrainingSignUp) -> str:
    """Return how late somebody came, or how they are excused."""
    if row.excuse:
        return str(row.get_excuse_display())
    if row.status in TOOK_PART and row.checked_in_at is not None:
        minutes = int((row.checked_in_at - row.session.starts_at).total_seconds() // 60)
        if minutes > LATE_MINUTES:
            return ngettext("came %(count)s minute later", "came %(count)s minutes later", minutes) % {"count": minutes}
    return ""


def event_of(session: TrainingSession, *, status: str = "") -> Event:
    """Return a training as an entry of a calendar; one cancelled or taken back stays as cancelled."""
    is_off = session.status == TrainingStatus.CANCELLED or status in GONE
    return Event(
        uuid=session.uuid, starts_at=session.starts_at, ends_at=session.ends_at, summary=session.title,
        location=session.place, sequence=session.sequence,
        status="CANCELLED" if is_off else "TENTATIVE" if status == SignUpStatus.WAITING else "CONFIRMED",
    )  # fmt: skip
