"""Donations: lists, where each piece is now, and what the public has still to be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum

from juxing.kernel.actors import Actor
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import acting
from juxing.places.models import Area
from juxing.supplies import policy
from juxing.supplies.commands.accounts import LEDGER
from juxing.supplies.enums import DonationStatus, MoveKind, PlaceKind
from juxing.supplies.models import (
    Donation,
    DonationDisclosure,
    DonationLine,
    StockBalance,
    StockEntry,
    SupplyItem,
)

DONATION_ORDER = ("-id",)
PUBLISH_WITHIN = timedelta(days=5)
"""慈善法 article 72: in an emergency, what was received is published at least every five days."""
HIDDEN = frozenset({DonationStatus.PLEDGED, DonationStatus.WITHDRAWN})


def donations_page(*, actor: Actor, status: str = "", cursor: str | None = None) -> Page[Donation]:
    """Return donations, newest first."""
    rows = policy.visible_donations(actor).select_related("depot").prefetch_related("lines__item")
    return page_of(rows.filter(status=status) if status else rows, order=DONATION_ORDER, cursor=cursor)


def donation_of(*, actor: Actor, uuid: UUID) -> Donation:
    """
    Return one donation.

    Raises:
        NotVisible: if it does not exist for the actor.
    """
    found = policy.visible_donations(actor).select_related("depot").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


@dataclass(frozen=True, slots=True)
class TraceLine:
    """
    Where the pieces of one line are: counted from the ledger, adding up to what came.

    ``communities`` are (name, quantity) of what was handed out to whose residents, most first; ``organisations`` of
    what went to organisations, by the place they are in.
    """

    item: SupplyItem
    received: Decimal
    refused: Decimal
    finding: str
    waiting: Decimal
    in_stock: Decimal
    under_way: Decimal
    communities: Sequence[tuple[str, Decimal]]
    lost: Decimal
    restricted_to: str = ""
    organisations: Sequence[tuple[str, Decimal]] = ()

    @property
    def handed_out(self) -> Decimal:
        """How much reached residents."""
        return sum((quantity for _name, quantity in self.communities), Decimal(0))

    @property
    def given_to_organisations(self) -> Decimal:
        """How much went to organisations that asked for it."""
        return sum((quantity for _name, quantity in self.organisations), Decimal(0))

    @property
    def adds_up(self) -> bool:
        """Whether every piece that came is accounted for."""
        there = self.refused + self.waiting + self.in_stock + self.under_way + self.lost
        return self.received == there + self.handed_out + self.given_to_organisations


@dataclass(frozen=True, slots=True)
class Trace:
    """A donation for whoever holds its code: no person is named in it but the donor, who agreed or is not."""

    donation: Donation
    donor: str
    lines: Sequence[TraceLine] = field(default_factory=list)


def trace_of(code: str) -> Trace:
    """
    Return where a donation went, by the code on its receipt; opens nothing but this one donation.

    Raises:
        NotVisible: if no donation has the code.
    """
    with acting(LEDGER):
        donation = Donation.objects.select_related("depot").filter(trace_code=code.strip().upper()).first()
        if donation is None:
            raise NotVisible
        return Trace(donation, public_donor(donation), trace_lines(donation))


def trace_lines(donation: Donation) -> list[TraceLine]:
    """Return where the pieces of each line are; needs a scope that sees all places of the ledger."""
    lines = list(donation.lines.select_related("item").order_by("id"))
    there: defaultdict[int, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    ends: defaultdict[tuple[int, str], dict[str, Decimal]] = defaultdict(dict)
    rows = StockBalance.objects.filter(lot__donation_line__in=lines).exclude(quantity=0)
    for line, kind, area, quantity in rows.values_list(
        "lot__donation_line_id", "place__kind", "place__area_code", "quantity"
    ):
        there[line][kind] += quantity
        if kind in (PlaceKind.RESIDENTS, PlaceKind.ORGANISATIONS):
            ends[line, kind][area] = ends[line, kind].get(area, Decimal(0)) + quantity
    names = _names({area for counts in ends.values() for area in counts} | {line.restricted_area for line in lines})
    refused = _refused(lines)
    return [_traced(line, there[line.pk], ends, refused.get(line.pk, Decimal(0)), names) for line in lines]


def public_donor(donation: Donation) -> str:
    """Return the donor's name if it may be published, else ""."""
    return donation.donor_name if donation.is_name_public else ""


@dataclass(frozen=True, slots=True)
class PublicationClock:
    """What has been received and not yet published, and until when it must be."""

    count: int
    due_at: datetime | None

    def is_late(self, now: datetime) -> bool:
        """Whether the time the law gives is over."""
        return self.due_at is not None and self.due_at < now


def publication_clock(*, actor: Actor) -> PublicationClock:
    """Return how much the actor's places have still to publish."""
    rows = policy.visible_donations(actor).filter(disclosure=None, received_at__isnull=False).order_by("received_at")
    first = rows.values_list("received_at", flat=True).first()
    return PublicationClock(rows.count(), first + PUBLISH_WITHIN if first else None)


def disclosures(area_code: str) -> list[DonationDisclosure]:
    """Return the tables a place has published, newest first; they are public."""
    with acting(LEDGER):
        return list(DonationDisclosure.objects.within(area_code).order_by("-id")[:20])


def disclosure_of(uuid: UUID) -> DonationDisclosure:
    """
    Return one published table; it is public.

    Raises:
        NotVisible: if there is none.
    """
    with acting(LEDGER):
        found = DonationDisclosure.objects.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def to_publish(*, actor: Actor) -> list[Donation]:
    """Return what belongs into the next table: all that came in and is not reported to its end."""
    rows = policy.visible_donations(actor).filter(received_at__isnull=False).exclude(status=DonationStatus.REPORTED)
    return list(rows.select_related("depot").order_by("received_at", "id")[:2000])


def _traced(
    line: DonationLine, there: Mapping[str, Decimal], ends: Mapping[tuple[int, str], Mapping[str, Decimal]],
    refused: Decimal, names: Mapping[str, str],
) -> TraceLine:  # fmt: skip
    def named(kind: PlaceKind) -> list[tuple[str, Decimal]]:
        counts = ends.get((line.pk, kind.value), {})
        return sorted(((names.get(area, area), count) for area, count in counts.items()),
                      key=lambda one: (-one[1], one[0]))  # fmt: skip

    def at(*kinds: PlaceKind) -> Decimal:
        return sum((there.get(kind.value, Decimal(0)) for kind in kinds), Decimal(0))

    return TraceLine(
        item=line.item, received=line.received, refused=refused, finding=line.finding,
        waiting=at(PlaceKind.INSPECTION), in_stock=at(PlaceKind.DEPOT, PlaceKind.SET_ASIDE),
        under_way=at(PlaceKind.TRANSIT, PlaceKind.VEHICLE, PlaceKind.CARRIER),
        communities=named(PlaceKind.RESIDENTS), organisations=named(PlaceKind.ORGANISATIONS),
        lost=at(PlaceKind.LOSS, PlaceKind.WRITE_OFF, PlaceKind.DIFFERENCE),
        restricted_to=names.get(line.restricted_area, line.restricted_area),
    )  # fmt: skip


def _refused(lines: Sequence[DonationLine]) -> dict[int, Decimal]:
    rows = StockEntry.objects.filter(
        lot__donation_line__in=lines, kind=MoveKind.REFUSE, quantity__gt=0
    ).values_list("lot__donation_line_id")  # fmt: skip
    return dict(rows.annotate(Sum("quantity")))


def _names(codes: set[str]) -> dict[str, str]:
    return dict(Area.objects.filter(code__in=codes - {""}).values_list("code", "name"))
