"""Needs that are the same: joined by a person, parted again, and what becomes of the second when the first ends."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput
from juxing.needs import policy
from juxing.needs.enums import OPEN, NeedStatus
from juxing.needs.lifecycle import NEED, UNSERVED
from juxing.needs.models import Need, NeedLine

PROCESS = Actor.system("needs")
SEPARATED = journal.declare_action("needs.need.part", _("Found to be a need of its own"))


@transaction.atomic
def merge_needs(*, actor: Actor, now: datetime, duplicate: Need, original: Need) -> Need:
    """
    Join a need with an earlier one of the same household; things only the second asks for move to the first.

    Raises:
        InvalidInput: if they are of different places, or the original has ended or is itself joined.
    """
    if duplicate.pk == original.pk or duplicate.household_id != original.household_id:
        raise InvalidInput("not_the_same_household", _("Only needs of one household can be joined."))
    first = Need._base_manager.select_for_update(of=("self",)).get(pk=original.pk)
    if first.duplicate_of_id is not None or first.status not in OPEN:
        raise InvalidInput("original_has_ended", _("The first need has ended. Keep the second as its own."))
    merged = NEED.move(duplicate, "set_aside", actor=actor, now=now, changes={"duplicate_of": first})
    known = set(first.lines.values_list("item_id", "written"))
    missing = [line for line in merged.lines.all() if (line.item_id, line.written) not in known]
    NeedLine.objects.bulk_create(
        NeedLine(area_code=first.area_code, need=first, item_id=line.item_id, written=line.written,
                 quantity=line.quantity, unit=line.unit)
        for line in missing
    )  # fmt: skip
    Need.objects.filter(duplicate_of=merged).update(duplicate_of=first)
    return merged


@transaction.atomic
def part_needs(*, actor: Actor, now: datetime, need: Need) -> Need:
    """Say that a need taken as a repetition is one of its own; it waits for help from now on."""
    locked = Need._base_manager.select_for_update(of=("self",)).get(pk=need.pk)
    policy.require(policy.can_manage(actor, locked))
    if locked.duplicate_of_id is None:
        return locked
    journal.record(SEPARATED, actor=actor, subject=locked, happened_at=now)
    return NEED.move(locked, "triage", actor=actor, now=now, changes={"duplicate_of": None})


def close_duplicates(original: Need, *, now: datetime) -> None:
    """End the repetitions of a need that was met: the household has what it asked for twice."""
    ids = list(Need.objects.filter(duplicate_of=original, status__in=sorted(UNSERVED)).values_list("pk", flat=True))
    NEED.move_many(ids, "withdraw", actor=PROCESS, now=now, reason=original.number)


def promote_duplicate(original: Need, *, now: datetime) -> None:
    """Let the earliest repetition take the place of a need that was withdrawn."""
    others = Need.objects.filter(duplicate_of=original, status=NeedStatus.SUBMITTED).order_by("recorded_at", "pk")
    heir = others.first()
    if heir is None:
        return
    NEED.move(heir, "triage", actor=PROCESS, now=now, reason=original.number, changes={"duplicate_of": None})
    Need.objects.filter(duplicate_of=original, status=NeedStatus.SUBMITTED).update(duplicate_of=heir)
