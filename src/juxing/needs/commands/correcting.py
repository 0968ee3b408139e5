"""Correcting a need while it waits: what is needed, how much, by when, and what its priority rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor, ActorKind
from juxing.kernel.lifecycle import WrongState
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.needs import policy, triage
from juxing.needs.commands.preparing import around, circumstances
from juxing.needs.corrections import DUE_BY_HAND, Correction, facts_of, mark_of
from juxing.needs.enums import WAITING
from juxing.needs.inputs import MAXIMUM_DETAILS, LineInput, NeedInput, cleaned
from juxing.needs.models import Need, NeedLine
from juxing.needs.requirements import DUE_WITHIN, fresh_for, required_skills

CORRECTED = journal.declare_action("needs.need.correct", _("Corrected"))
FARTHEST_DUE = timedelta(days=60)


class ChangedMeanwhile(Refusal):
    """Someone corrected the need after this one looked at it."""


@transaction.atomic
def correct_need(*, actor: Actor, now: datetime, need: Need, given: Correction, seen: str) -> Need:
    """
    Write what the need says from now on; priority, skills and times follow from it.

    ``seen`` is the mark of what the corrector looked at. The journal keeps what changed without anyone's words.

    Raises:
        ChangedMeanwhile: if it says something else by now.
        WrongState: if it no longer waits.
        InvalidInput: naming the field that cannot be taken.
        NotPermitted: if the actor neither asked for it nor serves there.
    """
    locked = Need._base_manager.select_for_update(of=("self",)).get(pk=need.pk)
    policy.require(policy.can_correct(actor, locked))
    if locked.status not in WAITING or locked.duplicate_of_id is not None:
        raise WrongState("need_under_way", _("Someone is already at work on it. Tell them, or ask for something else."))
    lines = list(locked.lines.order_by("id"))
    if seen != mark_of(locked, lines):
        raise ChangedMeanwhile(
            "changed_meanwhile", _("Someone changed this in the meantime. Compare both, then send yours again.")
        )
    before, details = facts_of(locked, lines), locked.details
    said = _said(locked, given, now=now)
    _apply(locked, given, said, now=now)
    if actor.kind is ActorKind.RESIDENT:
        locked.fresh_until, locked.asked_fresh_at = now + fresh_for(locked.need_type), None
    locked.save(update_fields=[
        "need_type", "details", "required_skills", "priority", "priority_score", "triage", "due_at", "fresh_until",
        "asked_fresh_at",
    ])  # fmt: skip
    after = facts_of(locked, _written_lines(locked, said.lines, lines))
    changed = _changed(before, after, is_reworded=details != locked.details)
    if changed["fields"]:
        journal.record(CORRECTED, actor=actor, subject=locked, happened_at=now, changes=changed)
    return locked


def _said(need: Need, given: Correction, *, now: datetime) -> NeedInput:
    """Return the corrected need as it would be recorded, cleaned by the same rules."""
    said = cleaned(
        NeedInput(
            need_type=given.need_type, channel=need.channel, household_id=need.household_id,
            resident_id=need.resident_id, area_code=need.area_code, details=given.details, lines=given.lines,
            is_urgent=given.is_urgent, is_danger_to_life=given.is_danger_to_life,
        ),
        now=now,
    )  # fmt: skip
    kept = "" if given.replaces_details else need.details
    details = "\n".join(filter(None, (kept, said.details)))
    if len(details) > MAXIMUM_DETAILS:
        raise InvalidInput("details_too_long", _("Shorten this to 2,000 characters."), field="details")
    return replace(said, details=details)


def _apply(need: Need, given: Correction, said: NeedInput, *, now: datetime) -> None:
    home = around([said], now=now).households.get(said.household_id or 0)
    known = replace(
        circumstances(said, home, now=now), reopened_count=need.reopened_count,
        waiting_hours=(now - need.waiting_since).total_seconds() / 3600,
    )  # fmt: skip
    judged = triage.triage(known)
    by_hand = given.due_at is not None or bool(need.triage.get(DUE_BY_HAND))
    if given.due_at is not None:
        need.due_at = _checked_due(given.due_at, now=now)
    elif judged.priority != need.priority and not by_hand:
        need.due_at = need.waiting_since + DUE_WITHIN[judged.priority]
    need.need_type, need.details = said.need_type, said.details
    need.required_skills = required_skills(said.need_type)
    need.priority, need.priority_score = judged.priority, judged.score
    need.triage = {**judged.as_json(), **({DUE_BY_HAND: True} if by_hand else {})}


def _checked_due(due_at: datetime, *, now: datetime) -> datetime:
    if not now < due_at <= now + FARTHEST_DUE:
        raise InvalidInput("due_range", _("Choose a time from now to sixty days ahead."), field="due_at")
    return due_at


def _written_lines(need: Need, said: Sequence[LineInput], before: Sequence[NeedLine]) -> list[NeedLine]:
    """Replace the things of the need if they differ, and return them."""
    made = [
        NeedLine(
            area_code=need.area_code, need=need, item_id=line.item_id, written=line.written, quantity=line.quantity,
            unit=line.unit,
        )
        for line in said
    ]  # fmt: skip
    if [_content(line) for line in made] == [_content(line) for line in before]:
        return list(before)
    NeedLine.objects.filter(need=need).delete()
    return NeedLine.objects.bulk_create(made)


def _content(line: NeedLine) -> tuple[object, ...]:
    return (line.item_id, line.written, line.quantity, line.unit)


def _changed(before: dict[str, Any], after: dict[str, Any], *, is_reworded: bool) -> dict[str, Any]:
    fields = [name for name in before if before[name] != after[name]]
    return {
        "fields": [*fields, *(["details"] if is_reworded else [])],
        "before": {name: before[name] for name in fields},
        "after": {name: after[name] for name in fields},
    }
