"""From a parsed order chain to draft lines: doors looked up in the register, goods in the catalogue, doubts kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from juxing.kernel.actors import Actor
from juxing.kernel.fields import blind_index
from juxing.needs.goods import amount_of, catalogue_index, type_of_item, unit_of
from juxing.needs.inputs import MAXIMUM_QUANTITY
from juxing.places.door_queries import DoorFound, find_doors, known_doors
from juxing.places.door_text import DoorText
from juxing.supplies.models import SupplyItem
from juxing_text.chain_result import ChainItem, ChainLine, LineState, ParsedChain
from juxing_text.order_chain import parse_order_chain
from juxing_text.redaction import RedactionKind
from juxing_text.uncertainty import UncertaintyCode

HARMLESS = frozenset(
    {
        UncertaintyCode.NAME_GUESSED,
        UncertaintyCode.NUMBER_MISSING,
        UncertaintyCode.NUMBER_REUSED,
        UncertaintyCode.BUILDING_FROM_TITLE,
        UncertaintyCode.REPEATED_LINE,
        UncertaintyCode.OLDER_VERSION_SEEN_AGAIN,
    }
)
"""Doubts that change neither door nor goods; a line with only these may be confirmed with all others."""
PRIVATE = frozenset({RedactionKind.MEDICINE, RedactionKind.HEALTH})


def read_chain(*, actor: Actor, area_code: str, text: str) -> ParsedChain:
    """Return the reading of a pasted text against the doors of the place and the catalogue."""
    doors = known_doors(actor=actor, area_code=area_code)
    return parse_order_chain(text, catalogue=catalogue_index(), known_doors=doors if len(doors) else None)


def doors_of_lines(*, actor: Actor, area_code: str, lines: Sequence[ChainLine]) -> list[DoorFound]:
    """Return what the register holds for each line's door, in a constant number of queries."""
    written = [
        DoorText(
            building=(line.door.building if line.door else None) or "",
            unit=(line.door.unit if line.door else None) or "",
            door=(line.door.room if line.door else None) or "",
        )
        for line in lines
    ]
    return find_doors(actor=actor, area_code=area_code, doors=written)


def items_by_code() -> dict[str, SupplyItem]:
    """Return the catalogue by code."""
    return {item.code: item for item in SupplyItem.objects.all()}


def understood(line: ChainLine, found: DoorFound, items: Mapping[str, SupplyItem]) -> dict[str, Any]:
    """
    Return what was understood of a line, as it is kept: no phone, no illness, no medicine.

    ``fingerprint`` recognises the same wish of the same door when the grown chain is pasted again.
    """
    door = line.door
    wanted = [_item(item, items) for item in line.items]
    who = str(found.household.pk) if found.household else f"{door.key if door else ''} {line.contact_name or ''}"
    wish = sorted((str(one["code"] or one["written"]), str(one["quantity"]), str(one["unit"])) for one in wanted)
    return {
        "number": line.number,
        "building": door.building if door else None,
        "unit": door.unit if door else None,
        "door": door.room if door else None,
        "name": line.contact_name or "",
        "items": wanted,
        "is_cancelled": line.state == LineState.CANCELLED,
        "is_private": any(one.kind in PRIVATE for one in line.redactions),
        "fingerprint": blind_index(f"{who} {wish}", purpose="order chain line"),
    }


def doubts(line: ChainLine, found: DoorFound) -> list[str]:
    """Return the codes of what a person should look at, each once."""
    codes = [str(one.code) for one in line.uncertainties]
    if line.door is not None and found.household is None:
        codes.append(str(UncertaintyCode.DOOR_UNKNOWN))
    return list(dict.fromkeys(codes))


def is_sure(kept: Mapping[str, Any], codes: Sequence[str], *, has_door: bool) -> bool:
    """Whether a line may be confirmed unseen: its door exists, its goods are in the catalogue, no doubt matters."""
    goods = kept["items"]
    return (
        has_door
        and bool(goods)
        and all(one["item_id"] and one["quantity"] for one in goods)
        and not (set(codes) - HARMLESS)
        and not kept["is_private"]
        and not kept["is_cancelled"]
    )


def _item(item: ChainItem, items: Mapping[str, SupplyItem]) -> dict[str, Any]:
    known = items.get(item.candidates[0].code) if item.candidates and item.is_sure else None
    quantity = amount_of(item.quantity, known)
    if quantity is not None and quantity > MAXIMUM_QUANTITY:
        quantity = None
    return {
        "written": (item.raw_name or item.offer or (known.name_zh if known else ""))[:120],
        "code": known.code if known else None,
        "item_id": known.pk if known else None,
        "need_type": type_of_item(known) if known else "other",
        "quantity": str(quantity) if quantity is not None else None,
        "unit": unit_of(item.quantity, known),
    }
