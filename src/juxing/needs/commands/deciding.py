"""What the desk decides: closing what cannot be met, opening sealed words with a reason, a new link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput
from juxing.needs import policy
from juxing.needs.commands.merging import close_duplicates
from juxing.needs.inputs import plain
from juxing.needs.lifecycle import NEED
from juxing.needs.links import LINK_LASTS, new_link
from juxing.needs.models import Need

REVEALED = journal.declare_action("needs.need.reveal", _("Personal words opened"))
LINK_GIVEN = journal.declare_action("needs.need.give_link", _("New link given"))
PRINTED = journal.declare_action("needs.need.print", _("Printed on a list"))


@dataclass(frozen=True, slots=True)
class Revealed:
    """The sealed words of one need."""

    name: str
    phone: str
    door: str
    details: str
    comment: str


@transaction.atomic
def close_unmet(*, actor: Actor, now: datetime, need: Need, reason: str) -> Need:
    """
    End a need that nobody can meet; only a person does this, and the household is told why.

    Raises:
        InvalidInput: if no reason is given.
    """
    why = plain(reason)[:200]
    if not why:
        raise InvalidInput("reason_missing", _("Say why. The household will read it."), field="reason")
    closed = NEED.move(need, "mark_unmet", actor=actor, now=now, reason=why, changes={"unmet_reason": why})
    close_duplicates(closed, now=now)
    return closed


@transaction.atomic
def reveal_need(*, actor: Actor, now: datetime, need: Need, reason: str) -> Revealed:
    """
    Return the sealed words of a need, and write into the journal that they were opened, by whom and why.

    Raises:
        NotPermitted: if the actor's task does not need them.
        InvalidInput: if no reason is given.
    """
    policy.require(policy.can_reveal(actor, need))
    why = plain(reason)[:400]
    if not why:
        raise InvalidInput("reason_missing", _("Say what you need it for."), field="reason")
    changes = {"opened": ["name", "phone", "door", "details"]}
    journal.record(REVEALED, actor=actor, subject=need, happened_at=now, reason=why, changes=changes)
    resident = need.resident
    feedback = getattr(need, "feedback", None)
    return Revealed(
        name=need.contact_name or (resident.name if resident else ""),
        phone=need.contact_phone or (resident.phone if resident else ""),
        door=need.household.door if need.household else need.place_text,
        details=need.details,
        comment=feedback.comment if feedback else "",
    )


@transaction.atomic
def give_link(*, actor: Actor, now: datetime, need: Need) -> str:
    """Return a new link token for the household; the old link ends."""
    policy.require(policy.can_answer(actor, need))
    token, digest = new_link()
    Need.objects.filter(pk=need.pk).update(link_digest=digest, link_expires_at=now + LINK_LASTS)
    journal.record(LINK_GIVEN, actor=actor, subject=need, happened_at=now)
    return token


@dataclass(frozen=True, slots=True)
class PrintedNeed:
    """A line of a printed list: names and doors in full, because whoever carries the list must find the door."""

    need: Need
    person: str
    phone: str
    place: str


@transaction.atomic
def print_needs(*, actor: Actor, now: datetime, needs: Sequence[Need]) -> list[PrintedNeed]:
    """
    Return the needs as a list on paper shows them, and journal each as printed.

    Those whose words the actor may not open are printed without person and door. Details are never printed.
    """
    open_to_actor = [need for need in needs if policy.can_reveal(actor, need)]
    journal.record_many(
        journal.Fact(PRINTED, Need._meta.label_lower, need.uuid, need.area_code) for need in open_to_actor
    ).by(actor, happened_at=now)
    return [_printed(need, is_open=policy.can_reveal(actor, need)) for need in needs]


def _printed(need: Need, *, is_open: bool) -> PrintedNeed:
    if not is_open:
        return PrintedNeed(need, "", "", "")
    resident, home = need.resident, need.household
    place = f"{home.building.estate.name} {home.building.label} {home.door}" if home else need.place_text
    name = need.contact_name or (resident.name if resident else "")
    return PrintedNeed(need, name, need.contact_phone or (resident.phone if resident else ""), place)
