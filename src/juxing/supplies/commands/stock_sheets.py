"""Stock lists: read in, asked about, taken over into the ledger by the row; sent twice they change nothing."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput, Refusal
from juxing.supplies import policy
from juxing.supplies.commands.accounts import COMMUNITY_LENGTH, area_places, depot_places, lots_of
from juxing.supplies.commands.posting import Line, Posting, post
from juxing.supplies.commands.stock import lock_goods
from juxing.supplies.enums import MoveKind, PlaceKind
from juxing.supplies.imports.stock_sheets import read_stock_sheet
from juxing.supplies.models import Depot, StockSheet
from juxing.supplies.quantities import checked_quantity
from juxing.supplies.queries.stock_sheets import TAKEN, RowState, SheetPlan, plan_of

READ = journal.declare_action("supplies.sheet.read", _("Stock list read in"))
TAKEN_OVER = journal.declare_action("supplies.sheet.take_over", _("Stock list taken over"))
MAXIMUM_BYTES = 5 * 2**20
SUBJECT = "supplies.stocksheet"
SOURCE_OF = {MoveKind.COUNT: PlaceKind.DIFFERENCE, MoveKind.OPEN: PlaceKind.OPENING}


@transaction.atomic
def read_in_stock_sheet(
    *, actor: Actor, now: datetime, depot: Depot, name: str, content: bytes
) -> tuple[StockSheet, bool]:
    """
    Read a stock list of a depot and keep its rows; nothing is posted. False as second: it was sent before.

    Raises:
        NotPermitted: if the actor may not move stock here.
        InvalidInput: if the file cannot be read, is too large, or holds no row of goods at all.
    """
    actor.require(policy.MOVE_STOCK, depot.area_code)
    if len(content) > MAXIMUM_BYTES:
        raise InvalidInput("file_too_large", _("The file is larger than 5 MB. Split it by depot."), field="file")
    read = read_stock_sheet(content, filename=name)
    if not read.rows and not read.report.rejected:
        raise InvalidInput("file_empty", _("No row of goods stands under the header."), field="file")
    sheet, is_new = StockSheet.objects.get_or_create(
        depot=depot, digest=hashlib.sha256(content).hexdigest(),
        defaults={
            "area_code": depot.area_code, "name": name.strip()[:80], "rows": [row.as_json() for row in read.rows],
            "report": read.report.as_json(), "uploaded_by_id": actor.account_id, "uploaded_at": now,
        },
    )  # fmt: skip
    if is_new:
        sheet.refresh_from_db()
        journal.record(READ, actor=actor, subject=sheet, happened_at=now, changes={"rows": len(read.rows)})
    return sheet, is_new


@transaction.atomic
def answer_stock_sheet(
    *, actor: Actor, sheet: StockSheet, meanings: Mapping[str, str] | None = None,
    packs: Mapping[str, Decimal] | None = None, depots: Mapping[str, str] | None = None, sure: Collection[int] = (),
) -> StockSheet:  # fmt: skip
    """
    Keep what a person says: items by words, pack sizes by item and unit, depots by name, lines that are right.

    Raises:
        NotPermitted: if the actor may not move stock here.
        InvalidInput: for a pack size that is none.
    """
    actor.require(policy.MOVE_STOCK, sheet.area_code)
    held = StockSheet.objects.select_for_update(of=("self",)).select_related("depot").get(pk=sheet.pk)
    sizes = {key: f"{checked_quantity(size):f}" for key, size in (packs or {}).items()}
    held.answers = {
        "meanings": {**held.answers.get("meanings", {}), **(meanings or {})},
        "packs": {**held.answers.get("packs", {}), **sizes},
        "depots": {**held.answers.get("depots", {}), **(depots or {})},
        "sure": sorted({*held.answers.get("sure", ()), *sure}),
    }
    held.save(update_fields=["answers"])
    return held


@transaction.atomic
def take_over_stock_sheet(*, actor: Actor, now: datetime, sheet: StockSheet) -> int:
    """
    Post what is clear of a list and return how many rows that were; the others stay open and may be answered later.

    Everything is looked at once more, under locks: the books may have moved since the preview.

    Raises:
        NotPermitted: if the actor may not move stock in one of the depots.
        Refusal: if nothing is left to take over.
    """
    actor.require(policy.MOVE_STOCK, sheet.area_code)
    held = StockSheet.objects.select_for_update(of=("self",)).select_related("depot").get(pk=sheet.pk)
    seen = plan_of(held, actor=actor, today=localdate(now))
    lock_goods((lot.depot.pk for lot in seen.lots), (lot.key.item_id for lot in seen.lots))
    plan = plan_of(held, actor=actor, today=localdate(now))
    rows = plan.in_state(*TAKEN)
    if not rows:
        raise Refusal("nothing_to_take_over", _("No row is clear yet. Answer the questions first."))
    for area_code in {row.depot.area_code for row in rows if row.depot}:
        actor.require(policy.MOVE_STOCK, area_code)
    count = len(held.posted_lines)
    post(_postings(plan, held, first=count), actor=actor, now=now)
    held.posted_lines = sorted({*held.posted_lines, *(row.row.line for row in rows)})
    held.posted_at, held.posted_by_name = now, actor.name
    held.save(update_fields=["posted_lines", "posted_at", "posted_by_name"])
    changed = sum(1 for row in rows if row.state == RowState.READY)
    journal.record(
        TAKEN_OVER, actor=actor, subject=held, happened_at=now, changes={"rows": len(rows), "changed": changed}
    )
    return len(rows)


def _postings(plan: SheetPlan, sheet: StockSheet, *, first: int) -> list[Posting]:
    """Return one posting by depot and kind: goods the books never had are taken over, others counted."""
    lots = [lot for lot in plan.lots if lot.is_taken and lot.change]
    new = iter(lots_of([lot.key for lot in lots if lot.lot_id is None]))
    numbers = [lot.lot_id if lot.lot_id is not None else next(new) for lot in lots]
    depots = {lot.depot.pk for lot in lots}
    places = {kind: depot_places(depots, kind) for kind in (PlaceKind.DEPOT, PlaceKind.SET_ASIDE)}
    codes = {lot.depot.area_code for lot in lots}
    others = {kind: area_places(source, codes) for kind, source in SOURCE_OF.items()}
    lines: defaultdict[tuple[int, MoveKind], list[Line]] = defaultdict(list)
    for lot, number in zip(lots, numbers, strict=True):
        kind = MoveKind.COUNT if lot.is_known else MoveKind.OPEN
        place, other = places[lot.place][lot.depot.pk], others[kind][lot.depot.area_code[:COMMUNITY_LENGTH]]
        source, target = (other, place) if lot.change > 0 else (place, other)
        lines[lot.depot.pk, kind].append(Line(source, target, number, abs(lot.change)))
    return [
        Posting(kind, rows, key=f"sheet {sheet.pk} {first} {depot} {kind.value}", reason=sheet.name,
                subject=(SUBJECT, sheet.uuid))
        for (depot, kind), rows in sorted(lines.items())
    ]  # fmt: skip
