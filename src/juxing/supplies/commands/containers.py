"""
Boxes, pallets and truck loads: packed from a place's stock, moved by scanning their label.

What is packed in a depot is promised, so that nobody hands it out loose. A scan says whither, the books know whence;
scanned twice it is done once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext_lazy as _

from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.numbers import row_id_of
from juxing.kernel.refusals import InvalidInput, NotPermitted, Refusal
from juxing.kernel.scope import acting
from juxing.supplies import policy
from juxing.supplies.commands.accounts import LEDGER, area_place, depot_place
from juxing.supplies.commands.picking import Wanted, pick
from juxing.supplies.commands.posting import Line, OutOfStock, Posting, post
from juxing.supplies.commands.stock import StockMovement, release_stock, reserve_stock
from juxing.supplies.enums import ContainerKind, ContainerStatus, MoveKind, PlaceKind
from juxing.supplies.models import (
    CONTAINER_PREFIX,
    Container,
    ContainerContent,
    Depot,
    StockLot,
    StockPlace,
    SupplyItem,
)
from juxing.supplies.quantities import checked_quantity
from juxing.supplies.queries.weights import weight_on_board, weights_of
from juxing.supplies.weights import GRAMS_IN_A_KILOGRAM, kilograms

PACKED = journal.declare_action("supplies.container.pack", _("Packed"))
UNPACKED = journal.declare_action("supplies.container.unpack", _("Unpacked"))
MOVED = journal.declare_action("supplies.container.move", _("Container scanned"))
MOST_BOXES = 200
SUBJECT = "supplies.container"
KINDS: Mapping[tuple[PlaceKind, PlaceKind], MoveKind] = {
    (PlaceKind.DEPOT, PlaceKind.VEHICLE): MoveKind.LOAD,
    (PlaceKind.DEPOT, PlaceKind.RESIDENTS): MoveKind.HAND_OUT,
    (PlaceKind.VEHICLE, PlaceKind.RESIDENTS): MoveKind.DELIVER,
    (PlaceKind.VEHICLE, PlaceKind.DEPOT): MoveKind.UNLOAD,
    (PlaceKind.VEHICLE, PlaceKind.VEHICLE): MoveKind.LOAD,
    (PlaceKind.RESIDENTS, PlaceKind.DEPOT): MoveKind.RETURN,
}
STATUS_AT = {
    PlaceKind.DEPOT: ContainerStatus.PACKED, PlaceKind.VEHICLE: ContainerStatus.UNDER_WAY,
    PlaceKind.RESIDENTS: ContainerStatus.DELIVERED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan did: ``is_new`` False means that it had been done before and nothing moved."""

    container: Container
    is_new: bool


@transaction.atomic
def pack_containers(
    *, actor: Actor, now: datetime, depot: Depot, item: SupplyItem, quantity: Decimal, count: int = 1,
    kind: ContainerKind = ContainerKind.BOX, bound_for: str = "", reference: UUID | None = None,
) -> list[Container]:  # fmt: skip
    """
    Pack ``count`` alike containers of ``quantity`` each from what is free in the depot, first expired first.

    Raises:
        NotPermitted: if the actor may not move stock here.
        OutOfStock: if not as much is free; nothing is packed.
    """
    actor.require(policy.MOVE_STOCK, depot.area_code)
    each = checked_quantity(quantity)
    if not 1 <= count <= MOST_BOXES:
        raise InvalidInput("count_range", _("Pack 1 to 200 at once."), field="count")
    wanted = [(each, bound_for)] * count
    return fill_containers(actor=actor, now=now, depot=depot, item=item, wanted=wanted, kind=kind, reference=reference)


@transaction.atomic
def fill_containers(
    *, actor: Actor, now: datetime, depot: Depot, item: SupplyItem, wanted: Sequence[tuple[Decimal, str]],
    kind: ContainerKind = ContainerKind.BOX, reference: UUID | None = None,
) -> list[Container]:  # fmt: skip
    """
    Pack one container for each quantity and the code it is bound for ("" nobody yet), all or none.

    Raises:
        NotPermitted: if the actor may not move stock here.
        OutOfStock: if not as much is free; nothing is packed.
    """
    actor.require(policy.MOVE_STOCK, depot.area_code)
    with acting(LEDGER):
        reserve_stock([StockMovement(depot.pk, item.pk, sum((quantity for quantity, _code in wanted), Decimal(0)))])
        place = depot_place(depot)
        parts = pick([Wanted(place, item.pk, quantity, code or None) for quantity, code in wanted],
                     today=localdate(now))  # fmt: skip
        made = Container.objects.bulk_create([
            Container(area_code=depot.area_code, kind=kind, place_id=place, bound_for=code, reference=reference,
                      packed_at=now, moved_at=now)
            for _quantity, code in wanted
        ])  # fmt: skip
        ContainerContent.objects.bulk_create([
            ContainerContent(area_code=depot.area_code, container=one, lot_id=lot, quantity=part)
            for one, lots in zip(made, parts, strict=True)
            for lot, part in lots
        ])  # fmt: skip
        made = list(Container.objects.filter(pk__in=[one.pk for one in made]).order_by("id"))
    journal.record_many(
        journal.Fact(PACKED, Container._meta.label_lower, one.uuid, one.area_code,
                     changes={"item": item.code, "quantity": str(quantity), "bound_for": code})
        for one, (quantity, code) in zip(made, wanted, strict=True)
    ).by(actor, happened_at=now)  # fmt: skip
    return made


@transaction.atomic
def put_into(*, actor: Actor, now: datetime, numbers: Sequence[str], kind: ContainerKind) -> Container:
    """
    Put containers that stand in one place onto a pallet or into a truck load, and return that.

    Raises:
        InvalidInput: if they stand in different places or one is inside another already.
    """
    with acting(LEDGER):
        inner = [_held(number) for number in numbers]
        if not inner or len({one.place_id for one in inner}) > 1 or any(one.parent_id for one in inner):
            raise InvalidInput(
                "not_together", _("Take containers that stand in one place and are not inside another."),
                field="numbers",
            )  # fmt: skip
        actor.require(policy.MOVE_STOCK, inner[0].area_code)
        outer = Container.objects.create(
            area_code=inner[0].area_code, kind=kind, place=inner[0].place,
            bound_for=_common([one.bound_for for one in inner]), status=inner[0].status, packed_at=now, moved_at=now,
        )  # fmt: skip
        outer.refresh_from_db()
        Container.objects.filter(pk__in=[one.pk for one in inner]).update(parent=outer)
    journal.record(PACKED, actor=actor, subject=outer, happened_at=now, changes={"containers": len(inner)})
    return outer


@transaction.atomic
def unpack_container(*, actor: Actor, now: datetime, container: Container) -> Container:
    """
    Open a container in a depot: its contents are free again.

    Raises:
        Refusal: if it does not stand in a depot, or was opened before.
    """
    with acting(LEDGER):
        held = Container.objects.select_for_update(of=("self",)).select_related("place").get(pk=container.pk)
        actor.require(policy.MOVE_STOCK, held.area_code)
        if held.status != ContainerStatus.PACKED or held.place.kind != PlaceKind.DEPOT:
            raise Refusal("not_here_to_open", _("Only what stands packed in a depot can be opened."))
        release_stock(_promises([held]))
        held.status, held.parent = ContainerStatus.UNPACKED, None
        held.save(update_fields=["status", "parent"])
        held.children.update(parent=None)
    journal.record(UNPACKED, actor=actor, subject=held, happened_at=now)
    return held


@transaction.atomic
def scan_container(
    *, actor: Actor, now: datetime, number: str, target: StockPlace | None, key: str = "", is_sure: bool = False
) -> Scanned:
    """
    Book a container, with all in it, to a depot, a vehicle, or (``target`` None) to the residents it is packed for.

    Raises:
        InvalidInput: for a number that is no label.
        NotPermitted: unless the actor may move stock where it stands or is packed for, or takes in what a vehicle
            brings. Whoever reads a number off a label elsewhere takes nothing out of another's depot.
        Refusal: if it left before, goes nowhere sensible, or holds expired goods that would be handed out; if the
            vehicle would carry more than it may and nobody said ``is_sure``.
    """
    with acting(LEDGER):
        held = _held(number)
        to = target or _door(held)
        _require_hands_on(actor, held, to)
        if held.place_id == to.pk:
            return Scanned(held, is_new=False)
        kind = _kind(held, to)
        moving = _with_inner(held)
        _require_fresh(moving, to, now=now)
        over = _over_payload(held, to)
        if over and not is_sure:
            raise _too_heavy(to, over)
        from_place, promised = held.place, held.place.kind == PlaceKind.DEPOT
        if promised:
            release_stock(_promises(moving))
        _post(moving, from_place, to, kind, actor=actor, now=now, key=key)
        ids = [one.pk for one in moving]
        _note_vehicle(held, to)
        Container.objects.filter(pk__in=ids).update(
            place=to, area_code=to.area_code, status=STATUS_AT[PlaceKind(to.kind)], moved_at=now
        )
        Container.objects.filter(pk=held.pk).update(parent=None)
        held = Container.objects.select_related("place").get(pk=held.pk)
        if to.kind == PlaceKind.DEPOT:
            reserve_stock(_promises(moving))
        journal.record(MOVED, actor=actor, subject=held, happened_at=now,
                       changes={"kind": kind.value, **({"grams_over_payload": str(over)} if over else {})})  # fmt: skip
    return Scanned(held, is_new=True)


def promised_to_containers() -> dict[tuple[int, int], Decimal]:
    """Return what packed containers hold of the stock, by depot and item."""
    rows = ContainerContent.objects.filter(
        container__status=ContainerStatus.PACKED, container__place__kind=PlaceKind.DEPOT
    ).values_list("container__place__depot_id", "lot__item_id")
    return {(depot, item): quantity for depot, item, quantity in rows.annotate(Sum("quantity"))}


def _held(number: str) -> Container:
    row = row_id_of(CONTAINER_PREFIX, number)
    held = (
        Container.objects.select_for_update(of=("self",))
        .select_related("place__depot", "place__vehicle").filter(pk=row or 0).first()
    )  # fmt: skip
    if held is None:
        raise InvalidInput("label_unknown", _("No container has this number. Read the label again."), field="number")
    return held


def _require_hands_on(actor: Actor, held: Container, to: StockPlace) -> None:
    codes = filter(None, (held.area_code, held.bound_for))
    if any(actor.may(policy.MOVE_STOCK, code) for code in codes):
        return
    if held.place.kind != PlaceKind.VEHICLE or not actor.may(policy.MOVE_STOCK, to.area_code):
        raise NotPermitted


def _note_vehicle(held: Container, to: StockPlace) -> None:
    """Write with which vehicle it goes; back in a depot the plan for it is over."""
    rows = Container.objects.filter(pk=held.pk)
    if to.kind == PlaceKind.DEPOT:
        rows.update(vehicle=None, stop=None)
    elif to.kind == PlaceKind.VEHICLE and held.vehicle_id != to.vehicle_id:
        rows.update(vehicle=to.vehicle_id, stop=None)


def _over_payload(held: Container, to: StockPlace) -> Decimal:
    """Return by how many grams the vehicle would carry more than it may, as far as weights are known; 0 if it may."""
    if to.vehicle is None or not to.vehicle.capacity_kg:
        return Decimal(0)
    grams = weight_on_board(to.pk).grams + weights_of([held.pk])[held.pk].grams
    return max(Decimal(0), grams - to.vehicle.capacity_kg * GRAMS_IN_A_KILOGRAM)


def _too_heavy(to: StockPlace, over: Decimal) -> Refusal:
    return Refusal(
        "over_payload",
        _("With this box %(vehicle)s carries %(over)s kg more than it may. Leave the box here; if it is on board all "
          "the same, say so below.") % {"vehicle": place_words(to), "over": kilograms(over)},
        field="number",
    )  # fmt: skip


def _door(held: Container) -> StockPlace:
    if not held.bound_for:
        raise Refusal("bound_for_nobody", _("This container is packed for no community. Scan it onto a vehicle or in."))
    return StockPlace.objects.get(pk=area_place(PlaceKind.RESIDENTS, held.bound_for))


def _kind(held: Container, to: StockPlace) -> MoveKind:
    if held.status == ContainerStatus.UNPACKED:
        raise Refusal("unpacked_before", _("This container was opened; what was in it is on the shelves."))
    kind = KINDS.get((PlaceKind(held.place.kind), PlaceKind(to.kind)))
    if kind is None:
        raise Refusal(
            "left_before",
            _("The books have it %(where)s since %(at)s. If it came back, scan it in first.")
            % {"where": place_words(held.place), "at": f"{localtime(held.moved_at):%m-%d %H:%M}"},
        )
    return kind


def place_words(place: StockPlace) -> str:
    """Return where that is, in words: the depot's or vehicle's own name, or the kind of place."""
    named = place.depot.name if place.depot else place.vehicle.name if place.vehicle else ""
    return named or str(PlaceKind(place.kind).label)


def _with_inner(held: Container) -> list[Container]:
    found, layer = [held], [held.pk]
    while layer:
        inner = list(Container.objects.select_for_update().filter(parent__in=layer).order_by("id"))
        found += inner
        layer = [one.pk for one in inner]
    return found


def _require_fresh(moving: Sequence[Container], to: StockPlace, *, now: datetime) -> None:
    if to.kind != PlaceKind.RESIDENTS:
        return
    inside = StockLot.objects.filter(pk__in=ContainerContent.objects.filter(container__in=moving).values("lot"))
    if inside.filter(expires_on__lt=localdate(now)).exists():
        raise Refusal("lot_expired_inside", _("Goods in it have expired. Do not hand it over; scan it back in."))
    for restricted in inside.exclude(restricted_area="").values_list("restricted_area", flat=True):
        if not to.area_code.startswith(restricted):
            raise Refusal(
                "restricted_elsewhere", _("Goods in it were given for another place. Do not hand it over here.")
            )


def _contents(moving: Iterable[Container]) -> dict[int, Decimal]:
    rows = ContainerContent.objects.filter(container__in=list(moving)).values_list("lot_id").annotate(Sum("quantity"))
    return dict(rows.order_by("lot_id"))


def _post(
    moving: Sequence[Container], source: StockPlace, to: StockPlace, kind: MoveKind, *, actor: Actor, now: datetime,
    key: str,
) -> None:  # fmt: skip
    lines = [Line(source.pk, to.pk, lot, quantity) for lot, quantity in _contents(moving).items()]
    if lines:
        posting = Posting(kind, lines, key=f"scan {moving[0].pk} {key}" if key else None,
                          subject=(SUBJECT, moving[0].uuid))  # fmt: skip
        if not post([posting], actor=actor, now=now):
            raise OutOfStock("scanned_before", _("This scan was booked before."))


def _promises(moving: Iterable[Container]) -> list[StockMovement]:
    """What these containers hold back where they stand now."""
    totals: defaultdict[tuple[int, int], Decimal] = defaultdict(Decimal)
    rows = ContainerContent.objects.filter(container__in=list(moving)).values_list(
        "container__place__depot_id", "lot__item_id", "quantity"
    )
    for depot, item, quantity in rows:
        totals[depot, item] += quantity
    return [StockMovement(depot, item, quantity) for (depot, item), quantity in totals.items()]


def _common(codes: Sequence[str]) -> str:
    return codes[0] if len(set(codes)) == 1 else ""
