"""Order chains in a purchase: pasted, read, looked at by a person, and only then orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.group_purchases import policy
from juxing.group_purchases.chain_reading import (
    DIFFERS,
    NOT_IN_PURCHASE,
    counts_of,
    doubts_of,
    is_sure,
    read_chain,
    redacted,
    understood,
)
from juxing.group_purchases.commands.locking import locked
from juxing.group_purchases.commands.ordering import record_orders, require_taking, withdraw_order
from juxing.group_purchases.enums import COUNTING, ChainLineStatus, OrderChannel
from juxing.group_purchases.inputs import OrderInput
from juxing.group_purchases.models import (
    GroupPurchase,
    GroupPurchaseLine,
    HouseholdOrder,
    PurchaseChain,
    PurchaseChainLine,
)
from juxing.group_purchases.queries.purchases import household_at
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.needs.chain_reading import doors_of_lines
from juxing.places.door_text import building_number, door_number, unit_number
from juxing.places.models import Building
from juxing_text.uncertainty import UncertaintyCode

PASTED = journal.declare_action("group_purchases.chain.paste", _("Order chain pasted into a group purchase"))
CONFIRMED = journal.declare_action("group_purchases.chain.confirm", _("Lines of a chain taken over as orders"))
MAXIMUM_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True)
class Taken:
    """How many lines became news, changed nothing, or were refused."""

    taken: int
    known: int
    refused: int


@transaction.atomic
def paste_chain(*, actor: Actor, now: datetime, purchase: GroupPurchase, text: str) -> PurchaseChain:
    """
    Read a pasted chain into draft lines, and keep it without phones, illness and medicine.

    Lines taken over from an earlier paste, and those that say what is ordered already, are marked as known.

    Raises:
        InvalidInput: if nothing in the text looks like a chain.
    """
    held = locked(purchase)
    policy.require(policy.can_run(actor, held))
    require_taking(held, now=now)
    if len(text) > MAXIMUM_CHARACTERS:
        raise InvalidInput("text_too_long", _("This is too long for one paste. Split it."), field="text")
    packages = list(held.packages.order_by("code"))
    parsed = read_chain(actor=actor, purchase=held, packages=packages, text=text.replace("\x00", ""))
    if not parsed.lines:
        raise InvalidInput(
            "no_lines", _("No line with a number or a door was found. Paste the whole chain."), field="text"
        )
    found = doors_of_lines(actor=actor, area_code=held.area_code, lines=parsed.lines)
    chain = PurchaseChain.objects.create(
        uuid=uuid4(), area_code=held.area_code, purchase=held, text=redacted(parsed, packages),
        pasted_by_id=actor.account_id, pasted_at=now,
    )  # fmt: skip
    buildings = set(held.buildings.values_list("building_id", flat=True))
    lines = []
    for position, (line, door) in enumerate(zip(parsed.lines, found, strict=True), start=1):
        kept = understood(line, door, packages)
        lines.append(
            PurchaseChainLine(
                area_code=held.area_code, chain=chain, position=position, written=line.text, understood=kept,
                doubts=doubts_of(line, door, kept, buildings), household=door.household,
                is_cancelled=line.state == "cancelled",
            )
        )  # fmt: skip
    _compare(held, lines)
    PurchaseChainLine.objects.bulk_create(lines)
    journal.record(PASTED, actor=actor, subject=chain, happened_at=now, changes={"lines": len(lines)})
    return chain


@transaction.atomic
def confirm_lines(
    *, actor: Actor, now: datetime, chain: PurchaseChain, positions: Sequence[int] | None = None
) -> Taken:
    """
    Make orders of the draft lines at these positions, or of all that are sure.

    A door's lines of one chain are added up and take the place of what it ordered; a line that takes back does so once.
    """
    purchase = locked(chain.purchase)
    policy.require(policy.can_run(actor, purchase))
    require_taking(purchase, now=now)
    lines = list(chain.lines.select_for_update(of=("self",)).order_by("position"))
    drafts = [line for line in lines if line.status == ChainLineStatus.DRAFT]
    if positions is None:
        chosen = [line for line in drafts if is_sure(line.doubts, is_cancelled=line.is_cancelled)]
    else:
        chosen = [line for line in drafts if line.position in set(positions)]
    wanted = [line for line in chosen if not line.is_cancelled]
    taken, known, refused = _order(purchase, lines, wanted, actor=actor, now=now)
    for line in chosen:
        if line.is_cancelled:
            if _cancel(purchase, line, actor=actor, now=now):
                taken += 1
            else:
                refused += 1
    PurchaseChainLine.objects.bulk_update(chosen, ["status", "order", "doubts"])
    journal.record(CONFIRMED, actor=actor, subject=chain, happened_at=now, changes={"taken": taken, "known": known})
    return Taken(taken, known, refused)


@transaction.atomic
def correct_line(
    *, actor: Actor, chain: PurchaseChain, position: int, door: tuple[str, str, str], counts: Mapping[int, int]
) -> PurchaseChainLine:
    """Put a person's reading (building, unit, door; package id to count) in the place of the machine's."""
    policy.require(policy.can_run(actor, chain.purchase))
    line = _draft(chain, position)
    building_text, unit, written_door = (part.strip()[:30] for part in door)
    buildings = Building.objects.filter(
        pk__in=chain.purchase.buildings.values("building_id"), number=building_number(building_text)
    )
    fitting = [
        one for building in buildings[:20]
        if (one := household_at(building, unit=unit_number(unit), door=door_number(written_door)))
    ]  # fmt: skip
    codes = dict(chain.purchase.packages.values_list("pk", "code"))
    line.household = fitting[0] if len(fitting) == 1 else None
    line.understood = {
        **line.understood, "building": building_text, "unit": unit, "door": written_door,
        "items": [{"package": pk, "code": codes[pk], "written": "", "count": count}
                  for pk, count in sorted(counts.items()) if pk in codes and 0 < count <= 10_000],
    }  # fmt: skip
    line.is_cancelled = False
    line.doubts = [] if line.household else [str(UncertaintyCode.DOOR_UNKNOWN)]
    line.save(update_fields=["household", "understood", "is_cancelled", "doubts"])
    return line


@transaction.atomic
def leave_out(*, actor: Actor, chain: PurchaseChain, position: int | None = None) -> None:
    """Leave one line out, or all that are still drafts."""
    policy.require(policy.can_run(actor, chain.purchase))
    if position is not None:
        _draft(chain, position)
    rows = chain.lines.filter(status=ChainLineStatus.DRAFT)
    (rows if position is None else rows.filter(position=position)).update(status=ChainLineStatus.LEFT_OUT)


def _compare(purchase: GroupPurchase, lines: Sequence[PurchaseChainLine]) -> None:
    """Mark what is known already, and what differs from what a door ordered."""
    ids = {line.household_id for line in lines if line.household_id}
    ordered: dict[int | None, dict[int, int]] = {}
    rows = GroupPurchaseLine.objects.filter(
        order__purchase=purchase, order__household_id__in=ids, order__status__in=sorted(COUNTING)
    )
    for household_id, package_id, count in rows.values_list("order__household_id", "package_id", "quantity"):
        ordered.setdefault(household_id, {})[package_id] = count
    before = PurchaseChainLine.objects.filter(chain__purchase=purchase, status=ChainLineStatus.TAKEN)
    taken = set(before.values_list("understood__fingerprint", flat=True))
    totals = _totals(lines)
    for line in lines:
        there = ordered.get(line.household_id)
        if line.understood["fingerprint"] in taken:
            line.status = ChainLineStatus.KNOWN
        elif line.is_cancelled:
            if line.household_id and there is None and not line.doubts:
                line.status = ChainLineStatus.KNOWN
        elif there is not None and there == totals.get(line.household_id) and is_sure(line.doubts, is_cancelled=False):
            line.status = ChainLineStatus.KNOWN
        elif there is not None:
            line.doubts = [*line.doubts, DIFFERS]


def _totals(lines: Sequence[PurchaseChainLine]) -> dict[int | None, dict[int, int]]:
    totals: dict[int | None, dict[int, int]] = {}
    for line in lines:
        if line.household_id and not line.is_cancelled:
            total = totals.setdefault(line.household_id, {})
            for package_id, count in counts_of(line.understood).items():
                total[package_id] = total.get(package_id, 0) + count
    return totals


def _order(
    purchase: GroupPurchase, lines: Sequence[PurchaseChainLine], wanted: Sequence[PurchaseChainLine],
    *, actor: Actor, now: datetime,
) -> tuple[int, int, int]:  # fmt: skip
    settled = [line for line in lines if line.status in {ChainLineStatus.TAKEN, ChainLineStatus.KNOWN}]
    totals = _totals([*settled, *wanted])
    doors = {line.household_id: line for line in wanted if line.household_id}
    inputs = [
        OrderInput(
            household_id=household_id, quantities=totals.get(household_id, {}), channel=OrderChannel.CHAIN,
            contact_name=line.understood["name"],
        )
        for household_id, line in doors.items() if household_id
    ]  # fmt: skip
    outcome = record_orders(actor=actor, now=now, purchase=purchase, inputs=inputs)
    at_of = {given.household_id: at for at, given in enumerate(inputs)}
    taken = known = refused = 0
    for line in wanted:
        at = at_of.get(line.household_id or 0)
        if at is None or at in outcome.refusals:
            code = outcome.refusals[at].code if at is not None else str(UncertaintyCode.DOOR_UNKNOWN)
            line.doubts, refused = list(dict.fromkeys([*line.doubts, code])), refused + 1
            continue
        is_news = at in outcome.added or at in outcome.changed
        line.order, line.status = outcome.orders[at], ChainLineStatus.TAKEN if is_news else ChainLineStatus.KNOWN
        taken, known = taken + is_news, known + (not is_news)
    return taken, known, refused


def _cancel(purchase: GroupPurchase, line: PurchaseChainLine, *, actor: Actor, now: datetime) -> bool:
    """Take back what the line names, or the whole order where it names nothing; whether there was one."""
    order = HouseholdOrder.objects.filter(
        purchase=purchase, household_id=line.household_id, status__in=sorted(COUNTING)
    ).select_related("purchase").first() if line.household_id else None  # fmt: skip
    if order is None:
        code = str(UncertaintyCode.CANCEL_WITHOUT_ORIGINAL)
        line.doubts = list(dict.fromkeys([*line.doubts, code]))
        return False
    rest = dict(order.lines.values_list("package_id", "quantity"))
    items = [one for one in line.understood["items"] if one["package"]]
    for one in items:
        left = rest.get(one["package"], 0) - (one["count"] or 10_000)
        rest[one["package"]] = max(0, left)
    if items and any(rest.values()):
        given = OrderInput(household_id=order.household_id or 0, quantities=rest, channel=OrderChannel.CHAIN)
        record_orders(actor=actor, now=now, purchase=purchase, inputs=[given])
    else:
        withdraw_order(actor=actor, now=now, order=order)
    line.order, line.status = order, ChainLineStatus.TAKEN
    return True


def _draft(chain: PurchaseChain, position: int) -> PurchaseChainLine:
    line = chain.lines.select_for_update(of=("self",)).filter(position=position, status=ChainLineStatus.DRAFT).first()
    if line is None:
        raise Refusal("line_is_decided", _("This line was decided by someone else in the meantime."))
    return line


__all__ = ["NOT_IN_PURCHASE", "Taken", "confirm_lines", "correct_line", "leave_out", "paste_chain"]
