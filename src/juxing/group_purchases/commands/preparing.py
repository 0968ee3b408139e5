"""Preparing a purchase: what is offered, to which buildings, when it is picked up, and who hands out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from string import ascii_uppercase
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from juxing.access.models import Account
from juxing.group_purchases import policy
from juxing.group_purchases.commands.locking import locked, require_state
from juxing.group_purchases.enums import PurchaseStatus as State
from juxing.group_purchases.inputs import PackageInput, PurchaseInput
from juxing.group_purchases.models import (
    GroupPurchase,
    PackageContent,
    PickupSlot,
    PurchaseBearer,
    PurchaseBuilding,
    PurchasePackage,
)
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.refusals import InvalidInput, NotVisible, Refusal
from juxing.needs.goods import lines_of_words
from juxing.places.models import Building
from juxing.supplies.queries.agreements import suppliers_near

PREPARED = journal.declare_action("group_purchases.purchase.prepare", _("Group purchase prepared"))
CHANGED = journal.declare_action("group_purchases.purchase.change", _("Group purchase changed"))
BEARERS = journal.declare_action("group_purchases.purchase.bearers", _("People who hand out named"))
COMMUNITY_DIGITS = 12
MOST_PACKAGES, MOST_SLOTS, MOST_BEARERS = 12, 60, 30
NOT_ENDED = (State.DRAFT, State.OPEN, State.CLOSED, State.ARRIVED)


@transaction.atomic
def prepare_purchase(*, actor: Actor, now: datetime, given: PurchaseInput) -> GroupPurchase:
    """
    Begin a purchase; neighbours see nothing of it before it is opened.

    Raises:
        NotPermitted: if the actor may not organise there.
        InvalidInput: if the place is wider than a community, a name is missing or the cut-off is over.
    """
    if len(given.area_code) < COMMUNITY_DIGITS:
        raise InvalidInput("place_missing", _("Choose the estate or community."), field="area")
    policy.require(actor.may(policy.ORGANISE, given.area_code))
    _check(given, now=now)
    purchase = GroupPurchase.objects.create(
        uuid=uuid4(), area_code=given.area_code, created_at=now, opened_by_id=actor.account_id, **_columns(given)
    )
    journal.record(PREPARED, actor=actor, subject=purchase, happened_at=now)
    return purchase


@transaction.atomic
def change_purchase(*, actor: Actor, now: datetime, purchase: GroupPurchase, given: PurchaseInput) -> GroupPurchase:
    """
    Correct what stands on the sign. Once neighbours order, supplier, fee and smallest order stay as they were promised.

    Raises:
        Refusal: if a promise would be changed.
    """
    held = locked(purchase)
    policy.require(policy.can_run(actor, held))
    require_state(held, (State.DRAFT, State.OPEN))
    _check(given, now=now)
    new = _columns(given)
    promised = ("supplier_id", "supplier_name", "delivery_fee_fen", "minimum_fen")
    if held.status == State.OPEN and any(new[name] != getattr(held, name) for name in promised):
        raise Refusal(
            "promised",
            _("Neighbours ordered under this supplier, fee and smallest order. Cancel and open a new one instead."),
        )
    for name, value in new.items():
        setattr(held, name, value)
    held.save(update_fields=list(new))
    journal.record(CHANGED, actor=actor, subject=held, happened_at=now)
    return held


@transaction.atomic
def set_buildings(*, actor: Actor, now: datetime, purchase: GroupPurchase, buildings: Collection[int]) -> None:
    """
    Say whose doors may order; a building from which somebody ordered stays.

    Raises:
        NotVisible: for a building outside the purchase's place.
        Refusal: if a building with orders would be left out.
    """
    held = locked(purchase)
    policy.require(policy.can_run(actor, held))
    require_state(held, (State.DRAFT, State.OPEN))
    found = {one.pk: one for one in Building.objects.within(held.area_code).filter(pk__in=buildings)}
    if len(found) != len(set(buildings)):
        raise NotVisible
    ordered = set(held.orders.exclude(household=None).values_list("household__building_id", flat=True))
    if ordered - set(found):
        raise Refusal("building_has_orders", _("Somebody of a building you left out has ordered."), field="buildings")
    held.buildings.exclude(building_id__in=found).delete()
    known = set(held.buildings.values_list("building_id", flat=True))
    PurchaseBuilding.objects.bulk_create(
        PurchaseBuilding(area_code=one.area_code, purchase=held, building=one)
        for pk, one in found.items() if pk not in known
    )  # fmt: skip
    journal.record(CHANGED, actor=actor, subject=held, happened_at=now, changes={"buildings": len(found)})


@transaction.atomic
def add_package(*, actor: Actor, now: datetime, purchase: GroupPurchase, given: PackageInput) -> PurchasePackage:
    """Offer a package, under the next free letter."""
    held = _draft(actor, purchase)
    taken = set(held.packages.values_list("code", flat=True))
    if len(taken) >= MOST_PACKAGES:
        raise Refusal("too_many_packages", _("Twelve packages are the most. Open a second purchase."))
    _check_package(given)
    code = next(letter for letter in ascii_uppercase if letter not in taken)
    package = PurchasePackage.objects.create(
        uuid=uuid4(), area_code=held.area_code, purchase=held, code=code, **_package_columns(given)
    )
    _write_contents(package, given)
    journal.record(CHANGED, actor=actor, subject=held, happened_at=now, changes={"package": code})
    return package


@transaction.atomic
def change_package(*, actor: Actor, now: datetime, package: PurchasePackage, given: PackageInput) -> None:
    """Correct a package while nobody can order yet."""
    held = _draft(actor, package.purchase)
    _check_package(given)
    columns = _package_columns(given)
    PurchasePackage.objects.filter(pk=package.pk).update(**columns)
    package.contents.all().delete()
    _write_contents(package, given)
    journal.record(CHANGED, actor=actor, subject=held, happened_at=now, changes={"package": package.code})


@transaction.atomic
def remove_package(*, actor: Actor, now: datetime, package: PurchasePackage) -> None:
    """Take a package off while nobody can order yet."""
    held = _draft(actor, package.purchase)
    package.delete()
    journal.record(CHANGED, actor=actor, subject=held, happened_at=now, changes={"package_removed": package.code})


@transaction.atomic
def add_slot(
    *, actor: Actor, now: datetime, purchase: GroupPurchase, place: str, period: tuple[datetime, datetime], doors: int
) -> PickupSlot:
    """
    Add a time in which at most so many doors come down.

    Raises:
        InvalidInput: if it ends before it begins, lasts longer than a day or has room for nobody.
    """
    held = locked(purchase)
    policy.require(policy.can_run(actor, held))
    require_state(held, NOT_ENDED)
    starts_at, ends_at = period
    if not place.strip():
        raise InvalidInput("place_missing", _("Say where things are picked up."), field="place")
    if ends_at <= starts_at or (ends_at - starts_at).days >= 1:
        raise InvalidInput("slot_period", _("The time must end after it begins, on the same day."), field="ends")
    if not 1 <= doors <= 500:
        raise InvalidInput("slot_doors", _("Between 1 and 500 doors."), field="doors")
    if held.slots.count() >= MOST_SLOTS:
        raise Refusal("too_many_slots", _("Sixty times are the most."))
    slot = PickupSlot.objects.create(
        uuid=uuid4(), area_code=held.area_code, purchase=held, place=place.strip()[:80], starts_at=starts_at,
        ends_at=ends_at, doors=doors,
    )  # fmt: skip
    journal.record(CHANGED, actor=actor, subject=held, happened_at=now, changes={"slot": doors})
    return slot


@transaction.atomic
def remove_slot(*, actor: Actor, now: datetime, slot: PickupSlot) -> None:
    """Take a time off that nobody has."""
    held = locked(slot.purchase)
    policy.require(policy.can_run(actor, held))
    require_state(held, NOT_ENDED)
    if slot.orders.exists():
        raise Refusal("slot_taken", _("Neighbours have this time. Give them another one first."))
    slot.delete()
    journal.record(CHANGED, actor=actor, subject=held, happened_at=now, changes={"slot": 0})


@transaction.atomic
def set_bearers(*, actor: Actor, now: datetime, purchase: GroupPurchase, sign_in_names: Sequence[str]) -> None:
    """
    Name those who hand out, by their sign-in names.

    Raises:
        InvalidInput: for a name nobody has.
    """
    held = locked(purchase)
    policy.require(policy.can_run(actor, held))
    require_state(held, NOT_ENDED)
    accounts = [_account(name, field="bearers") for name in sign_in_names[: MOST_BEARERS + 1]]
    if len(accounts) > MOST_BEARERS:
        raise InvalidInput("too_many_bearers", _("Thirty people are the most."), field="bearers")
    ids = {account.pk for account in accounts}
    held.bearers.exclude(account_id__in=ids).delete()
    known = set(held.bearers.values_list("account_id", flat=True))
    PurchaseBearer.objects.bulk_create(
        PurchaseBearer(area_code=held.area_code, purchase=held, account_id=pk) for pk in sorted(ids - known)
    )
    journal.record(BEARERS, actor=actor, subject=held, happened_at=now, changes={"bearers": len(ids)})


def _draft(actor: Actor, purchase: GroupPurchase) -> GroupPurchase:
    held = locked(purchase)
    policy.require(policy.can_run(actor, held))
    require_state(held, (State.DRAFT,))
    return held


def _check(given: PurchaseInput, *, now: datetime) -> None:
    for name, words in (("title", given.title), ("supplier_name", given.supplier_name),
                        ("organiser_name", given.organiser_name)):  # fmt: skip
        if not words.strip():
            raise InvalidInput(f"{name}_missing", _("This must be written down."), field=name)
    near = suppliers_near(Areas([given.area_code])) if given.supplier_id is not None else []
    if given.supplier_id is not None and given.supplier_id not in {one.pk for one in near}:
        raise InvalidInput("supplier_unknown", _("Choose a supplier of the list."), field="supplier")
    if given.cut_off_at <= now:
        raise InvalidInput("cut_off_over", _("The cut-off must be still to come."), field="cut_off")
    if (given.cut_off_at - now).days > 60:
        raise InvalidInput("cut_off_far", _("The cut-off is more than sixty days away."), field="cut_off")
    if given.delivery_fee_fen > 1_000_000:
        raise InvalidInput("fee_huge", _("A delivery fee of more than 10,000 yuan is a slip."), field="delivery_fee")


def _check_package(given: PackageInput) -> None:
    if not given.name.strip():
        raise InvalidInput("name_missing", _("Say what the package is called."), field="name")
    if not 1 <= given.price_fen <= 10_000_000:
        raise InvalidInput("price_range", _("A price lies between 0.01 and 100,000 yuan."), field="price")
    low, high = given.minimum_total, given.maximum_total
    if low is not None and high is not None and low > high:
        raise InvalidInput("minimum_above_maximum", _("The minimum is above the maximum."), field="minimum_total")


def _columns(given: PurchaseInput) -> dict[str, object]:
    return {
        "title": given.title.strip()[:80], "supplier_id": given.supplier_id,
        "supplier_name": given.supplier_name.strip()[:80],
        "organiser_name": given.organiser_name.strip()[:60], "cut_off_at": given.cut_off_at,
        "expected_at": given.expected_at, "delivery_fee_fen": given.delivery_fee_fen, "minimum_fen": given.minimum_fen,
        "pickup_place": given.pickup_place.strip()[:120],
        "organiser": _account(given.organiser_sign_in, field="organiser_sign_in") if given.organiser_sign_in else None,
    }  # fmt: skip


def _account(sign_in_name: str, *, field: str) -> Account:
    found = Account.objects.filter(sign_in_name=sign_in_name.strip(), is_active=True).first()
    if found is None:
        raise InvalidInput("account_unknown", _("Nobody signs in under this name."), field=field)
    return found


def _package_columns(given: PackageInput) -> dict[str, object]:
    return {
        "name": given.name.strip()[:60], "price_fen": given.price_fen, "minimum_total": given.minimum_total,
        "limit_per_household": given.limit_per_household, "maximum_total": given.maximum_total,
    }  # fmt: skip


def _write_contents(package: PurchasePackage, given: PackageInput) -> None:
    """Keep what stands inside: an item of the catalogue where it is beyond doubt, else the words."""
    PackageContent.objects.bulk_create(
        PackageContent(
            area_code=package.area_code, package=package, item_id=line.item_id, written=line.written,
            quantity=line.quantity, unit=line.unit,
        )
        for line in lines_of_words(given.contents)[:20]
    )  # fmt: skip
