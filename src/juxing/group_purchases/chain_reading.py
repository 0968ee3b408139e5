"""From a pasted chain to what each line wants of the packages on offer; the reader of chains is told of them first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from juxing.group_purchases.models import GroupPurchase, PurchasePackage
from juxing.kernel.actors import Actor
from juxing.kernel.fields import blind_index
from juxing.kernel.money import yuan
from juxing.needs.chain_reading import HARMLESS
from juxing.places.door_queries import DoorFound, known_doors
from juxing_text.catalogue import CatalogueIndex, CatalogueItem
from juxing_text.chain_result import ChainItem, ChainLine, ParsedChain
from juxing_text.order_chain import parse_order_chain
from juxing_text.uncertainty import UncertaintyCode

NOT_IN_PURCHASE, DIFFERS, NO_PACKAGE, NO_NUMBER = "not_in_purchase", "differs", "no_package", "no_number"
ABOUT_ITEMS = frozenset({
    UncertaintyCode.ITEM_UNKNOWN, UncertaintyCode.ITEM_UNSURE, UncertaintyCode.OFFER_UNKNOWN,
    UncertaintyCode.ITEM_MISSING,
})  # fmt: skip
"""Doubts of the reader that are over once every thing is one of the packages."""
MOST = 10_000


def read_chain(*, actor: Actor, purchase: GroupPurchase, packages: Sequence[PurchasePackage], text: str) -> ParsedChain:
    """Return the reading of a text, to which the packages on offer are put first, as chains themselves begin."""
    index = CatalogueIndex(CatalogueItem(_key(one), one.name, "", "", (), "", (), (), False, False) for one in packages)
    doors = known_doors(actor=actor, area_code=purchase.area_code)
    return parse_order_chain(_head(packages) + text, catalogue=index, known_doors=doors if len(doors) else None)


def redacted(parsed: ParsedChain, packages: Sequence[PurchasePackage]) -> str:
    """Return the text as it may be kept, without what was put first."""
    return "\n".join(parsed.redacted_text.split("\n")[len(packages) :])


def understood(line: ChainLine, found: DoorFound, packages: Sequence[PurchasePackage]) -> dict[str, Any]:
    """
    Return what was understood of a line. ``items`` name a package or null and a count; a count of null is "all of it".

    ``fingerprint`` recognises the same wish of the same door when the grown chain is pasted again.
    """
    items = [_item(item, packages, is_cancelled=line.state == "cancelled") for item in line.items]
    door = line.door
    who = str(found.household.pk) if found.household else f"{door.key if door else ''} {line.contact_name or ''}"
    wish = sorted((str(one["package"] or one["written"]), str(one["count"])) for one in items)
    return {
        "number": line.number, "building": door.building if door else "", "unit": door.unit if door else "",
        "door": door.room if door else "", "name": (line.contact_name or "")[:60], "items": items,
        "fingerprint": blind_index(f"{who} {line.state == 'cancelled'} {wish}", purpose="group purchase chain line"),
    }  # fmt: skip


def doubts_of(line: ChainLine, found: DoorFound, kept: Mapping[str, Any], buildings: set[int]) -> list[str]:
    """Return the codes of what a person should look at, each once."""
    matched = all(one["package"] for one in kept["items"]) and (kept["items"] or line.state == "cancelled")
    codes = [str(one.code) for one in line.uncertainties if not (matched and one.code in ABOUT_ITEMS)]
    if found.household is None:
        codes.append(str(UncertaintyCode.DOOR_UNKNOWN))
    elif found.household.building_id not in buildings:
        codes.append(NOT_IN_PURCHASE)
    if not matched:
        codes.append(NO_PACKAGE)
    if any(one["count"] is None for one in kept["items"]) and line.state != "cancelled":
        codes.append(NO_NUMBER)
    return list(dict.fromkeys(codes))


def is_sure(doubts: Sequence[str], *, is_cancelled: bool) -> bool:
    """Whether a line may be taken over unseen, together with all others that are."""
    return not is_cancelled and not set(doubts) - {str(code) for code in HARMLESS}


def counts_of(kept: Mapping[str, Any]) -> dict[int, int]:
    """Return package id to count, as far as both were understood."""
    counts: dict[int, int] = {}
    for one in kept["items"]:
        if one["package"] and one["count"]:
            counts[one["package"]] = counts.get(one["package"], 0) + one["count"]
    return counts


def _head(packages: Sequence[PurchasePackage]) -> str:
    return "".join(
        f"{one.code}: {' '.join(one.name.split())} ¥{yuan(one.price_fen).replace(',', '')}\n" for one in packages
    )


def _key(package: PurchasePackage) -> str:
    return f"package-{package.pk}"


def _item(item: ChainItem, packages: Sequence[PurchasePackage], *, is_cancelled: bool) -> dict[str, Any]:
    package = _package(item, packages)
    quantity, count = item.quantity, None
    if quantity is not None and quantity.is_exact and quantity.amount is not None:
        is_whole = quantity.amount == quantity.amount.to_integral_value() and 0 < quantity.amount <= MOST
        count = int(quantity.amount) if is_whole else None
    if is_cancelled and (quantity is None or not quantity.written):
        count = None
    written = (item.raw_name or item.offer or "")[:60]
    return {"package": package.pk if package else None, "code": package.code if package else "", "written": written,
            "count": count}  # fmt: skip


def _package(item: ChainItem, packages: Sequence[PurchasePackage]) -> PurchasePackage | None:
    """By its letter, else by its name where that is beyond doubt."""
    letter = item.offer or item.raw_name.strip().upper()
    for one in packages:
        if one.code == letter:
            return one
    surely = item.candidates[0].code if item.is_sure and item.candidates else ""
    return next((one for one in packages if _key(one) == surely), None)
