"""One request or offer of an organisation, written down by hand or by another system; lists come in by ``imports``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput
from juxing.organisations.models import Organisation
from juxing.supplies import policy
from juxing.supplies.lifecycle import OPEN
from juxing.supplies.meanings import meaning_of
from juxing.supplies.models import SupplyItem, SupplyOffer, SupplyRequest
from juxing.supplies.quantities import asked_if_unusual, checked_quantity, plain
from juxing.supplies.queries.usual import usual_quantity

Line = TypeVar("Line", SupplyRequest, SupplyOffer)
RECORDED = journal.declare_action("supplies.line.record", _("Request or offer written down"))


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What is asked for or offered: an item of the catalogue, or the words alone.

    ``quantity`` is in the item's unit, None where nobody said; ``is_sure`` says that a second request for the same is
    meant.
    """

    written: str = ""
    item: SupplyItem | None = None
    quantity: Decimal | None = None
    specification: str = ""
    on: date | None = None
    is_sure: bool = False


@transaction.atomic
def record_request(*, actor: Actor, now: datetime, organisation: Organisation, wish: Wish) -> SupplyRequest:
    """
    Write down what an organisation asks for.

    Raises:
        NotPermitted: if the actor may not record at the organisation's place.
        InvalidInput: without words and item, for a quantity beyond belief, or if the organisation asks for this
            already, or for far more than usually comes, and nobody said that it is meant.
    """
    actor.require(policy.RECORD, organisation.area_code)
    values = _checked(wish, now=now)
    if wish.item is not None and not wish.is_sure:
        usual = usual_quantity(wish.item)
        if wish.quantity is not None and usual is not None and wish.quantity > usual:
            asked_if_unusual(wish.quantity, usual=usual, unit=wish.item.unit_label)
        there = SupplyRequest.objects.filter(organisation=organisation, item=wish.item, status__in=OPEN).first()
        if there is not None:
            raise InvalidInput(
                "asked_already",
                _("%(organisation)s asks for %(quantity)s of this already. If this comes on top, say so below.")
                % {"organisation": organisation.name,
                   "quantity": plain(there.quantity) if there.quantity is not None else "?"},
                field="item",
            )  # fmt: skip
    made = SupplyRequest.objects.create(
        area_code=organisation.area_code, organisation=organisation, requested_on=wish.on or localdate(now), **values
    )
    return _recorded(made, actor=actor, now=now)


@transaction.atomic
def record_offer(*, actor: Actor, now: datetime, organisation: Organisation, wish: Wish) -> SupplyOffer:
    """
    Write down what an organisation offers.

    Raises:
        NotPermitted: if the actor may not record at the organisation's place.
        InvalidInput: without words and item, or for a quantity beyond belief.
    """
    actor.require(policy.RECORD, organisation.area_code)
    made = SupplyOffer.objects.create(
        area_code=organisation.area_code, organisation=organisation, offered_on=wish.on or localdate(now),
        **_checked(wish, now=now),
    )  # fmt: skip
    return _recorded(made, actor=actor, now=now)


def _checked(wish: Wish, *, now: datetime) -> dict[str, object]:
    written = wish.written.replace("\x00", "").strip()[:200] or (wish.item.name_zh if wish.item else "")
    specification = wish.specification.replace("\x00", "").strip()[:400]
    if not written:
        raise InvalidInput("words_missing", _("Choose an item, or write what is meant."), field="written")
    if wish.on is not None and wish.on > localdate(now):
        raise InvalidInput("day_to_come", _("This day is still to come."), field="on")
    quantity = None if wish.quantity is None else checked_quantity(wish.quantity)
    if wish.item is not None:
        meaning: dict[str, object] = {"item": wish.item, "mapping_confidence": 1.0, "is_mapping_confirmed": True}
    else:
        ids = dict(SupplyItem.objects.values_list("code", "id"))
        found = meaning_of(written, specification, item_ids=ids)
        meaning = {"item_id": found.item_id, "mapping_confidence": found.confidence}
        # words alone carry no unit of the catalogue: how much is meant waits until somebody states it
        quantity = quantity if found.item_id is not None else None
    stated = "" if wish.quantity is None else plain(wish.quantity)[:40]
    return {"written_item": written, "specification": specification, "quantity": quantity,
            "written_quantity": stated, **meaning}  # fmt: skip


def _recorded(made: Line, *, actor: Actor, now: datetime) -> Line:
    made.refresh_from_db()
    changes = {"item": made.item.code if made.item else made.written_item, "quantity": str(made.quantity)}
    journal.record(RECORDED, actor=actor, subject=made, happened_at=now, changes=changes)
    return made
