"""
What would happen if a stock list were taken over now: row by row, with what a person has still to say.

A list says what is there. Where the books know nothing, it is taken over; where they know something, the difference
is counted. Rows for one lot add up; what a list does not mention stays as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from statistics import median_low
from uuid import UUID

from django.utils.translation import gettext as _

from juxing.kernel.actors import Actor
from juxing.kernel.refusals import NotVisible, Words
from juxing.kernel.scope import acting
from juxing.supplies import policy
from juxing.supplies.commands.accounts import LEDGER, LotKey
from juxing.supplies.enums import PlaceKind
from juxing.supplies.imports.stock_cells import factor, packs_in
from juxing.supplies.imports.stock_sheets import SheetRow, rows_of
from juxing.supplies.meanings import meaning_of
from juxing.supplies.models import Depot, StockBalance, StockLevel, StockSheet, SupplyItem
from juxing.supplies.quantities import MAXIMUM_QUANTITY, STEP, UNUSUAL_FACTOR, plain
from juxing.supplies.queries.packs import sizes_in_use
from juxing.supplies.queries.stock import depots_to_fill
from juxing.supplies.queries.usual import usual_quantities
from juxing.supplies.units import unit_label

LEAVE_OUT = "-"
EARLIER_SHEETS = 50
OWN_MIDDLE_FROM = 4
"""From so many rows of an item on, a list's own middle tells what is usual."""


class RowState(StrEnum):
    """What becomes of a row."""

    READY = "ready"
    SAME = "same"
    MEANING = "meaning"
    PLACE = "place"
    PACK = "pack"
    UNUSUAL = "unusual"
    WAITING = "waiting"
    REFUSED = "refused"
    LEFT_OUT = "left_out"
    POSTED = "posted"


QUESTIONS = frozenset({RowState.MEANING, RowState.PLACE, RowState.PACK, RowState.UNUSUAL})


@dataclass(slots=True)
class PlannedRow:
    """A row with what it means here; ``message`` says what is asked or why it is left out."""

    row: SheetRow
    state: RowState = RowState.READY
    depot: Depot | None = None
    item: SupplyItem | None = None
    quantity: Decimal | None = None
    unit: str = ""
    reckoning: str = ""
    lot: PlannedLot | None = None
    message: Words = ""

    def stop(self, state: RowState, message: Words = "") -> None:
        """Say that the row goes no further for now; what was taken over stays so."""
        if self.state != RowState.POSTED:
            self.state, self.message = state, message

    @property
    def text(self) -> tuple[str, str]:
        """The words whose meaning is in question."""
        return self.row.item, self.row.specification


@dataclass(slots=True)
class PlannedLot:
    """Goods of one lot in one depot: what the books say, what the list's rows say."""

    depot: Depot
    key: LotKey
    lot_id: int | None
    place: PlaceKind
    books: Decimal
    is_known: bool
    adds: bool = False
    rows: list[PlannedRow] = field(default_factory=list)

    @property
    def found(self) -> Decimal:
        """What the rows that may be taken over add up to."""
        return sum((row.quantity or Decimal(0) for row in self.rows if row.state in TAKEN), Decimal(0))

    @property
    def is_taken(self) -> bool:
        """Whether any row of it may be taken over."""
        return any(row.state in TAKEN for row in self.rows)

    @property
    def change(self) -> Decimal:
        """What has to be posted."""
        return self.found if self.adds else self.found - self.books


TAKEN = frozenset({RowState.READY, RowState.SAME})


@dataclass(slots=True)
class SheetPlan:
    """All rows of a list, and the lots they come to."""

    rows: list[PlannedRow] = field(default_factory=list)
    lots: list[PlannedLot] = field(default_factory=list)

    def in_state(self, *states: RowState) -> list[PlannedRow]:
        """Return the rows in these states."""
        return [row for row in self.rows if row.state in states]

    @property
    def questions(self) -> int:
        """How many rows wait for an answer."""
        return len(self.in_state(*QUESTIONS))


def sheets_of(*, actor: Actor, limit: int = 20) -> list[StockSheet]:
    """Return the latest lists of the actor's depots, without their rows."""
    seen = StockSheet.objects.inside(actor.areas_with(policy.MOVE_STOCK))
    return list(seen.select_related("depot").defer("rows", "report", "answers", "posted_lines").order_by("-id")[:limit])


def sheet_of(*, actor: Actor, uuid: UUID) -> StockSheet:
    """
    Return one list.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    seen = StockSheet.objects.inside(actor.areas_with(policy.MOVE_STOCK)).select_related("depot")
    found = seen.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def plan_of(sheet: StockSheet, *, actor: Actor, today: date) -> SheetPlan:
    """Return what taking this list over would do now, for someone who may fill these depots."""
    plan = SheetPlan([PlannedRow(row) for row in rows_of(sheet.rows)])
    posted = set(sheet.posted_lines)
    for one in plan.rows:
        if one.row.line in posted:
            one.stop(RowState.POSTED)
    _find_depots(plan, sheet, depots_to_fill(actor=actor))
    _find_items(plan, sheet)
    _find_quantities(plan, sheet)
    with acting(LEDGER):
        _find_lots(plan, today=today)
        _ask_about_the_unusual(plan, set(sheet.answers.get("sure", ())))
        _let_wait_together(plan)
        _refuse_what_is_promised(plan)
    for lot in plan.lots:
        if not lot.change:
            for row in lot.rows:
                row.state = RowState.SAME if row.state == RowState.READY else row.state
    return plan


def meaning_key(text: tuple[str, str]) -> str:
    """Return under which name the meaning of these words is kept."""
    return "\n".join(text)


def pack_key(item: SupplyItem, unit: str) -> str:
    """Return under which name the size of this pack of the item is kept."""
    return f"{item.code} {unit}"


def _open(plan: SheetPlan) -> list[PlannedRow]:
    return plan.in_state(RowState.READY, RowState.POSTED)


def _find_depots(plan: SheetPlan, sheet: StockSheet, depots: Sequence[Depot]) -> None:
    by_name = {depot.name: depot for depot in depots}
    by_uuid = {str(depot.uuid): depot for depot in depots}
    said = sheet.answers.get("depots", {})
    for one in _open(plan):
        name = one.row.depot
        one.depot = by_uuid.get(said.get(name, "")) or by_name.get(name) if name else sheet.depot
        if one.depot is None:
            one.stop(RowState.PLACE, _("No depot of yours is called so. Say which one it is."))


def _find_items(plan: SheetPlan, sheet: StockSheet) -> None:
    items = {item.code: item for item in SupplyItem.objects.all()}
    ids = {code: item.pk for code, item in items.items()}
    by_id = {item.pk: item for item in items.values()}
    said = {**_said_before(sheet), **sheet.answers.get("meanings", {})}
    known: dict[tuple[str, str], SupplyItem | None] = {}
    for one in _open(plan):
        answer = said.get(meaning_key(one.text))
        if answer == LEAVE_OUT:
            one.stop(RowState.LEFT_OUT, _("A person said: not in the catalogue."))
            continue
        if one.text not in known:
            meaning = meaning_of(*one.text, item_ids=ids)
            known[one.text] = items.get(answer or "") or by_id.get(meaning.item_id or 0)
        one.item = known[one.text]
        if one.item is None:
            one.stop(RowState.MEANING, _("It is not sure what is meant. Say which item it is."))


def _said_before(sheet: StockSheet) -> dict[str, str]:
    """What people answered about the same words in earlier lists of the depot."""
    earlier = StockSheet.objects.filter(depot=sheet.depot_id, posted_at__isnull=False, pk__lt=sheet.pk)
    said: dict[str, str] = {}
    for answers in reversed(earlier.order_by("-id").values_list("answers", flat=True)[:EARLIER_SHEETS]):
        said.update(answers.get("meanings", {}))
    return said


def _find_quantities(plan: SheetPlan, sheet: StockSheet) -> None:
    packs = sizes_in_use()
    said = {key: Decimal(size) for key, size in sheet.answers.get("packs", {}).items()}
    for one in _open(plan):
        item = one.item
        if item is None:
            continue
        stated, total, words = packs_in(one.row.specification), Decimal(0), []
        for amount, unit in one.row.amounts:
            unit = unit or item.unit  # noqa: PLW2901 - no unit written: the catalogue's
            times = factor(unit, item.unit, stated)
            if times is None:
                times = said.get(pack_key(item, unit)) or packs.get((item.pk, unit))
            if times is None:
                one.unit = unit
                one.stop(RowState.PACK, _("Nobody said how much is in one of these."))
                break
            total += amount * times
            words.append(f"{plain(amount)} {unit_label(unit)}" + (f" × {plain(times)}" if times != 1 else ""))
        if one.state in (RowState.READY, RowState.POSTED):
            one.quantity, one.reckoning = total, " + ".join(words)
            if total > MAXIMUM_QUANTITY or total != total.quantize(STEP):
                one.stop(RowState.REFUSED, _("Too much to be believed, or finer than three decimals."))


def _find_lots(plan: SheetPlan, *, today: date) -> None:
    rows = [one for one in _open(plan) if one.depot and one.item and one.quantity is not None]
    held = _held({one.depot.pk for one in rows if one.depot}, {one.item.pk for one in rows if one.item})
    lots: dict[tuple[object, ...], PlannedLot] = {}
    new: list[PlannedRow] = []
    for one in rows:
        there = held.get(_where(one), [])
        matching = [balance for balance in there if balance.quantity and _may_be(balance, one.row)]
        if len(matching) > 1:
            one.stop(
                RowState.REFUSED,
                _("This lies in several lots in the books. Write lot or use-by date, or begin a stocktake."),
            )
        elif matching:
            _put(one, lots, _lot_in_the_books(one, matching[0]))
        else:
            new.append(one)
    for one in new:
        there = held.get(_where(one), [])
        if any(balance.quantity and (one.depot, balance.lot_id) not in lots for balance in there):
            one.stop(
                RowState.REFUSED,
                _("The books have this here under another lot or use-by date that the list does not name. Write that "
                  "one too, or begin a stocktake: nothing is counted twice."),
            )  # fmt: skip
        else:
            _put(one, lots, _new_lot(one, is_known=bool(there), today=today))
    plan.lots = [lot for lot in lots.values() if lot.rows]


def _where(one: PlannedRow) -> tuple[int, int]:
    return (one.depot.pk if one.depot else 0, one.item.pk if one.item else 0)


def _may_be(balance: StockBalance, row: SheetRow) -> bool:
    """Whether these goods may be the row's: what the row says of them fits."""
    is_day = not row.expires_on or (balance.expires_on is not None and balance.expires_on.isoformat() == row.expires_on)
    return is_day and (not row.lot or balance.lot.number == row.lot)


def _lot_in_the_books(one: PlannedRow, balance: StockBalance) -> tuple[tuple[object, ...], PlannedLot]:
    assert one.depot and one.item  # noqa: S101, PT018 - rows without them have no lot
    if balance.is_frozen:
        one.stop(RowState.REFUSED, _("This is being counted just now. Post the count or give it up first."))
    key = LotKey(one.item.pk, one.item.unit)
    lot = PlannedLot(
        one.depot, key, balance.lot_id, PlaceKind(balance.place.kind), balance.quantity, is_known=True
    )  # fmt: skip
    return (one.depot, balance.lot_id), lot


def _new_lot(one: PlannedRow, *, is_known: bool, today: date) -> tuple[tuple[object, ...], PlannedLot]:
    assert one.depot and one.item  # noqa: S101, PT018 - rows without them have no lot
    day = date.fromisoformat(one.row.expires_on) if one.row.expires_on else None
    place = PlaceKind.SET_ASIDE if day is not None and day < today else PlaceKind.DEPOT
    key = LotKey(one.item.pk, one.item.unit, one.row.lot, day)
    return (one.depot, key), PlannedLot(one.depot, key, None, place, Decimal(0), is_known=is_known)


def _put(
    one: PlannedRow, lots: dict[tuple[object, ...], PlannedLot], found: tuple[tuple[object, ...], PlannedLot]
) -> None:
    one.lot = lots.setdefault(*found)
    if one.state == RowState.POSTED:
        one.lot.adds = True
    else:
        one.lot.rows.append(one)


def _held(depots: Collection[int], items: Collection[int]) -> dict[tuple[int, int], list[StockBalance]]:
    """Return what lies, or lay before, on the shelves of these depots or is set aside there."""
    rows = (
        StockBalance.objects.filter(
            place__depot__in=depots, place__kind__in=[PlaceKind.DEPOT, PlaceKind.SET_ASIDE], item__in=items
        )
        .select_related("lot", "place").order_by("place_id", "lot_id")
    )  # fmt: skip
    held: defaultdict[tuple[int, int], list[StockBalance]] = defaultdict(list)
    for balance in rows:
        held[balance.place.depot_id or 0, balance.item_id].append(balance)
    return held


def _ask_about_the_unusual(plan: SheetPlan, sure: Collection[int]) -> None:
    rows = [one for one in plan.in_state(RowState.READY) if one.item and one.quantity]
    usual = usual_quantities({one.item.pk for one in rows if one.item})
    of_item: defaultdict[int, list[Decimal]] = defaultdict(list)
    for one in rows:
        if one.item and one.quantity:
            of_item[one.item.pk].append(one.quantity)
    for one in rows:
        if one.row.line in sure or one.item is None or not one.quantity or one.lot is None:
            continue
        listed = of_item[one.item.pk]
        books = one.lot.books
        ordinary = books or usual.get(one.item.pk) or (median_low(listed) if len(listed) >= OWN_MIDDLE_FROM else None)
        if ordinary and (
            one.quantity >= ordinary * UNUSUAL_FACTOR or (books and one.quantity * UNUSUAL_FACTOR <= books)
        ):
            shown = {"quantity": plain(one.quantity), "usual": plain(ordinary), "unit": one.item.unit_label}
            one.stop(
                RowState.UNUSUAL,
                _("%(quantity)s %(unit)s? Usually it is about %(usual)s. Look at unit and zeros.") % shown,
            )


def _let_wait_together(plan: SheetPlan) -> None:
    """Let no lot be counted down while another row of the same goods is still open: it may hold the rest."""
    unclear = {_where(one) for one in plan.in_state(*QUESTIONS, RowState.REFUSED) if one.item}
    for lot in plan.lots:
        if lot.change < 0 and (lot.depot.pk, lot.key.item_id) in unclear:
            for row in lot.rows:
                if row.state == RowState.READY:
                    row.stop(
                        RowState.WAITING, _("Another row of these goods is not clear yet; they are counted together.")
                    )


def _refuse_what_is_promised(plan: SheetPlan) -> None:
    """Leave out what would take a depot's item below what is promised there."""
    changes: defaultdict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for lot in plan.lots:
        if lot.place == PlaceKind.DEPOT and lot.is_taken:
            changes[lot.depot.pk, lot.key.item_id] += lot.change
    levels = StockLevel.objects.filter(
        depot__in={depot for depot, _item in changes}, item__in={item for _depot, item in changes}
    )
    for level in levels:
        where = (level.depot_id, level.item_id)
        if level.on_hand + changes.get(where, Decimal(0)) < level.reserved:
            for row in plan.in_state(RowState.READY):
                if _where(row) == where:
                    row.stop(RowState.REFUSED, _("Less than is promised to people here. Release those promises first."))
