"""Order chains: pasted, read, corrected by a person, and only then needs. The pasted text is kept redacted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.needs import policy
from juxing.needs.chain_reading import doors_of_lines, doubts, is_sure, items_by_code, read_chain, understood
from juxing.needs.commands.bulk import record_needs
from juxing.needs.enums import IntakeChannel, OrderChainLineStatus, OrderChainStatus
from juxing.needs.goods import lines_of_words, type_of_item
from juxing.needs.inputs import LineInput, NeedInput
from juxing.needs.models import OrderChain, OrderChainLine
from juxing.places.door_queries import find_door
from juxing.supplies.models import SupplyItem
from juxing_text.uncertainty import UncertaintyCode

PASTED = journal.declare_action("needs.chain.paste", _("Order chain pasted"))
CONFIRMED = journal.declare_action("needs.chain.confirm", _("Order chain lines confirmed"))
DISCARDED = journal.declare_action("needs.chain.discard", _("Order chain discarded"))
MEMORY = timedelta(days=14)
MAXIMUM_CHARACTERS = 200_000
COMMUNITY_DIGITS = 12


@transaction.atomic
def paste_chain(*, actor: Actor, now: datetime, area_code: str, text: str) -> OrderChain:
    """
    Read a pasted chain into draft lines, and keep it without phones, identity numbers, illness and medicine.

    Lines already confirmed from an earlier paste of the same place are recognised and marked as known.

    Raises:
        NotPermitted: if the actor may not bring in needs there.
        InvalidInput: if there is no place, or nothing in the text that looks like a chain.
    """
    if len(area_code) < COMMUNITY_DIGITS:
        raise InvalidInput("place_missing", _("Choose the estate or community the chain is from."), field="area")
    policy.require(actor.may(policy.IMPORT, area_code))
    if len(text) > MAXIMUM_CHARACTERS:
        raise InvalidInput("text_too_long", _("This is too long for one paste. Split it."), field="text")
    parsed = read_chain(actor=actor, area_code=area_code, text=text.replace("\x00", ""))
    if not parsed.lines:
        raise InvalidInput(
            "no_lines", _("No line with a number or a door was found. Paste the whole chain."), field="text"
        )
    chain = OrderChain.objects.create(
        area_code=area_code, title=parsed.title[:200], text=parsed.redacted_text, pasted_by_id=actor.account_id,
        pasted_at=now,
    )  # fmt: skip
    found = doors_of_lines(actor=actor, area_code=area_code, lines=parsed.lines)
    catalogue, before = items_by_code(), _known_lines(area_code, now=now)
    rows = []
    for position, (line, door) in enumerate(zip(parsed.lines, found, strict=True), start=1):
        kept = understood(line, door, catalogue)
        known = before.get(kept["fingerprint"])
        rows.append(
            OrderChainLine(
                area_code=area_code,
                chain=chain,
                position=position,
                written=line.text,
                understood=kept,
                uncertainties=doubts(line, door),
                household=door.household,
                need_id=known,
                status=_first_status(kept, is_known=known is not None),
            )
        )
    OrderChainLine.objects.bulk_create(rows)
    chain.refresh_from_db(fields=["uuid"])
    journal.record(PASTED, actor=actor, subject=chain, happened_at=now, changes={"lines": len(rows)})
    _close_if_done(chain)
    return chain


@transaction.atomic
def confirm_lines(
    *, actor: Actor, now: datetime, chain: OrderChain, positions: Sequence[int] | None = None
) -> tuple[int, int]:
    """
    Make needs of the draft lines at these positions, or of all that are sure; return (recorded, already known).

    A line that asks for goods of several kinds becomes one need for each kind.
    """
    policy.require(actor.may(policy.IMPORT, chain.area_code))
    drafts = list(
        chain.lines.select_for_update(of=("self",)).filter(status=OrderChainLineStatus.DRAFT).order_by("position")
    )
    if positions is None:
        chosen = [line for line in drafts if line_is_sure(line)]
    else:
        chosen = [line for line in drafts if line.position in set(positions) and line.understood["items"]]
    inputs: list[NeedInput] = []
    owners: list[OrderChainLine] = []
    for line in chosen:
        for given in _inputs(line, chain):
            inputs.append(given)
            owners.append(line)
    outcome = record_needs(actor=actor, now=now, inputs=inputs, skip_duplicates=True)
    _mark(owners, outcome.need_ids, outcome.duplicates, outcome.refusals)
    OrderChainLine.objects.bulk_update(chosen, ["status", "need", "uncertainties"])
    changes = {"recorded": len(outcome.need_ids), "known": len(outcome.duplicates)}
    journal.record(CONFIRMED, actor=actor, subject=chain, happened_at=now, changes=changes)
    _close_if_done(chain)
    return len(outcome.need_ids), len(outcome.duplicates)


@transaction.atomic
def correct_line(
    *, actor: Actor, chain: OrderChain, position: int, building: str, unit: str, door: str, things: str
) -> OrderChainLine:
    """Put a person's reading in the place of the machine's; what the register or catalogue lacks stays in words."""
    line = _draft(actor, chain, position)
    found = find_door(actor=actor, area_code=chain.area_code, building=building, unit=unit, door=door)
    line.household = found.household
    by_id = SupplyItem.objects.in_bulk()
    items = [_corrected(one, by_id) for one in lines_of_words(things)]
    line.understood = {
        **line.understood, "building": building or None, "unit": unit or None, "door": door or None, "items": items,
        "is_cancelled": False, "is_private": False,
    }  # fmt: skip
    line.uncertainties = [] if found.household else [str(UncertaintyCode.DOOR_UNKNOWN)]
    line.save(update_fields=["household", "understood", "uncertainties"])
    return line


@transaction.atomic
def discard_line(*, actor: Actor, chain: OrderChain, position: int) -> None:
    """Leave a line out."""
    line = _draft(actor, chain, position)
    line.status = OrderChainLineStatus.DISCARDED
    line.save(update_fields=["status"])
    _close_if_done(chain)


@transaction.atomic
def discard_chain(*, actor: Actor, now: datetime, chain: OrderChain) -> None:
    """Leave out all that is still a draft, and close the chain."""
    policy.require(actor.may(policy.IMPORT, chain.area_code))
    chain.lines.filter(status=OrderChainLineStatus.DRAFT).update(status=OrderChainLineStatus.DISCARDED)
    OrderChain.objects.filter(pk=chain.pk).update(status=OrderChainStatus.DISCARDED)
    journal.record(DISCARDED, actor=actor, subject=chain, happened_at=now)


@transaction.atomic
def expire_drafts(*, now: datetime) -> int:
    """Discard chains nobody finished within two weeks, and return how many."""
    stale = OrderChain.objects.filter(status=OrderChainStatus.DRAFT, pasted_at__lt=now - MEMORY)
    ids = list(stale.values_list("pk", flat=True)[:500])
    OrderChainLine.objects.filter(chain_id__in=ids, status=OrderChainLineStatus.DRAFT).update(
        status=OrderChainLineStatus.DISCARDED
    )
    return OrderChain.objects.filter(pk__in=ids).update(status=OrderChainStatus.DISCARDED)


def line_is_sure(line: OrderChainLine) -> bool:
    """Whether the line may be confirmed together with all sure ones."""
    return is_sure(line.understood, line.uncertainties, has_door=line.household_id is not None)


def _first_status(kept: dict[str, Any], *, is_known: bool) -> str:
    if is_known:
        return OrderChainLineStatus.DUPLICATE
    return OrderChainLineStatus.DISCARDED if kept["is_cancelled"] else OrderChainLineStatus.DRAFT


def _known_lines(area_code: str, *, now: datetime) -> dict[str, int]:
    rows = OrderChainLine.objects.filter(
        area_code=area_code, chain__pasted_at__gte=now - MEMORY, need__isnull=False
    ).values_list("understood__fingerprint", "need_id")
    return {fingerprint: need_id for fingerprint, need_id in rows if need_id is not None}


def _inputs(line: OrderChainLine, chain: OrderChain) -> Iterable[NeedInput]:
    kept = line.understood
    by_type: defaultdict[str, list[LineInput]] = defaultdict(list)
    for one in kept["items"]:
        quantity = Decimal(one["quantity"]) if one["quantity"] else None
        by_type[one["need_type"]].append(
            LineInput(written=one["written"], item_id=one["item_id"], quantity=quantity, unit=one["unit"])
        )
    door = "-".join(part for part in (kept["building"], kept["unit"], kept["door"]) if part)
    for need_type, lines in by_type.items():
        yield NeedInput(
            need_type=need_type, channel=IntakeChannel.ORDER_CHAIN, household_id=line.household_id,
            area_code=chain.area_code, place_text="" if line.household_id else door, lines=tuple(lines),
            contact_name="" if line.household_id else kept["name"], happened_at=None,
        )  # fmt: skip


def _mark(
    owners: Sequence[OrderChainLine], recorded: dict[int, int], known: dict[int, int], refused: dict[int, Refusal]
) -> None:
    for at, line in enumerate(owners):
        if at in refused:
            line.uncertainties = [*line.uncertainties, refused[at].code]
        elif at in recorded:
            line.status, line.need_id = OrderChainLineStatus.CONFIRMED, line.need_id or recorded[at]
        elif line.need_id is None:
            line.status, line.need_id = OrderChainLineStatus.DUPLICATE, known[at]


def _corrected(one: LineInput, by_id: dict[int, SupplyItem]) -> dict[str, Any]:
    item = by_id.get(one.item_id or 0)
    return {
        "written": one.written, "code": item.code if item else None, "item_id": one.item_id,
        "need_type": type_of_item(item) if item else "other",
        "quantity": str(one.quantity) if one.quantity is not None else None, "unit": one.unit,
    }  # fmt: skip


def _draft(actor: Actor, chain: OrderChain, position: int) -> OrderChainLine:
    policy.require(actor.may(policy.IMPORT, chain.area_code))
    line = (
        chain.lines.select_for_update(of=("self",)).filter(position=position, status=OrderChainLineStatus.DRAFT).first()
    )
    if line is None:
        raise Refusal("line_is_decided", _("This line was decided by someone else in the meantime."))
    return line


def _close_if_done(chain: OrderChain) -> None:
    if not chain.lines.filter(status=OrderChainLineStatus.DRAFT).exists():
        OrderChain.objects.filter(pk=chain.pk).update(status=OrderChainStatus.CONFIRMED)
