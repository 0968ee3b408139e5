"""
From requests and offers to the engine's sharing problem, and back to how much of which offer goes to which request.

Organisations share, not lines: what one organisation asks for in two lines counts once against everyone else's, and
its share is then laid on its lines in the order they came in. Quantities are whole units; a fraction of a unit left
in an offer stays with the supplier.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING

import numpy as np
from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import Refusal

if TYPE_CHECKING:
    from juxing_engine.allocation import Allocation, AllocationProblem
    from juxing_engine.control import Control

EARTH_RADIUS_M = 6_371_000
DISTANCE_BY_SHARED_DIGITS_M = ((6, 10_000), (4, 50_000), (2, 250_000), (0, 1_000_000))
"""How far apart organisations without a place on the map are taken to be, by how much of their codes they share."""


@dataclass(frozen=True, slots=True)
class Party:
    """Where an organisation is; the claim of one that asks weighs ``weight``."""

    organisation_id: int
    area_code: str
    longitude: float | None = None
    latitude: float | None = None
    weight: int = 1

    @property
    def place(self) -> tuple[float, float] | None:
        """Longitude and latitude, None where either is unknown."""
        return None if self.longitude is None or self.latitude is None else (self.longitude, self.latitude)


@dataclass(frozen=True, slots=True)
class Claim:
    """What one line asks for or offers, in whole units of the item."""

    line_id: int
    organisation_id: int
    item_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Handing:
    """So much of this offer goes to this request."""

    request_id: int
    offer_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Sharing:
    """A sharing problem and what its axes stand for."""

    problem: AllocationProblem
    askers: Sequence[int]
    suppliers: Sequence[int]
    items: Sequence[int]
    requests: Sequence[Claim]
    offers: Sequence[Claim]


@dataclass(frozen=True, slots=True)
class Shared:
    """The answer: who hands what to whom, and the allocation with its proof."""

    handings: Sequence[Handing]
    allocation: Allocation


def build_sharing(requests: Sequence[Claim], offers: Sequence[Claim], parties: Mapping[int, Party]) -> Sharing | None:
    """
    Return the problem over the items that are both asked for and offered, None when there is no such item.

    Raises:
        Refusal: if quantities are so large that an exact answer is out of reach.
    """
    from juxing_engine.allocation import AllocationProblem

    items = sorted({claim.item_id for claim in requests} & {claim.item_id for claim in offers})
    if not items:
        return None
    asked = [claim for claim in requests if claim.item_id in set(items)]
    given = [claim for claim in offers if claim.item_id in set(items)]
    askers = sorted({claim.organisation_id for claim in asked})
    suppliers = sorted({claim.organisation_id for claim in given})
    try:
        problem = AllocationProblem(
            _totals(asked, askers, items), _totals(given, suppliers, items),
            weight=[parties[one].weight for one in askers],
            distance_m=[[_distance(parties[supplier], parties[asker]) for asker in askers] for supplier in suppliers],
        )  # fmt: skip
    except ValueError as error:
        raise Refusal(
            "quantities_too_large", _("The quantities are too large to share exactly. Check units and zeros.")
        ) from error
    return Sharing(problem, askers, suppliers, items, asked, given)


def solve_sharing(sharing: Sharing, *, control: Control | None = None) -> Shared:
    """
    Return the fairest sharing, checked by the engine's independent verifier.

    Raises:
        RuntimeError: if the verifier finds a defect: such a plan must never be shown.
    """
    from juxing_engine.allocation import allocate, allocation_defects

    allocation = allocate(sharing.problem, control=control)
    defects = allocation_defects(sharing.problem, allocation)
    if defects:
        raise RuntimeError(f"The sharing failed its check: {'; '.join(defects)}")
    return Shared(_handings(sharing, allocation), allocation)


def level_text(level: Fraction) -> str:
    """Return an exact level for keeping, such as ``3/40``."""
    return f"{level.numerator}/{level.denominator}"


def _totals(claims: Sequence[Claim], organisations: Sequence[int], items: Sequence[int]) -> np.ndarray:
    rows = {organisation: row for row, organisation in enumerate(organisations)}
    columns = {item: column for column, item in enumerate(items)}
    totals = np.zeros((len(organisations), len(items)), np.int64)
    for claim in claims:
        totals[rows[claim.organisation_id], columns[claim.item_id]] += claim.quantity
    return totals


def _distance(one: Party, other: Party) -> int:
    if one.place is not None and other.place is not None:
        return _great_circle(one.place, other.place)
    shared = 0
    for mine, theirs in zip(one.area_code, other.area_code, strict=False):
        if mine != theirs:
            break
        shared += 1
    return next(metres for digits, metres in DISTANCE_BY_SHARED_DIGITS_M if shared >= digits)


def _great_circle(one: tuple[float, float], other: tuple[float, float]) -> int:
    """Return metres between two places (longitude, latitude in degrees), by the haversine formula."""
    (west, south), (east, north) = (map(radians, place) for place in (one, other))
    half = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
    return round(2 * EARTH_RADIUS_M * asin(sqrt(half)))


def _handings(sharing: Sharing, allocation: Allocation) -> list[Handing]:
    """Lay the shipments between organisations on their lines, first come first served within each organisation."""
    wanting = _queues(sharing.requests)
    having = _queues(sharing.offers)
    handings: list[Handing] = []
    sent = allocation.shipments
    for depot, community, column, boxes in zip(
        sent.depot.tolist(), sent.community.tolist(), sent.item.tolist(), sent.boxes.tolist(), strict=True
    ):
        item = sharing.items[column]
        takers = wanting[sharing.askers[community], item]
        givers = having[sharing.suppliers[depot], item]
        left = boxes
        while left:
            request, offer = takers[-1], givers[-1]
            moved = min(left, request[1], offer[1])
            handings.append(Handing(request[0], offer[0], moved))
            left -= moved
            for queue in (takers, givers):
                queue[-1][1] -= moved
                if not queue[-1][1]:
                    queue.pop()
    return handings


def _queues(claims: Sequence[Claim]) -> dict[tuple[int, int], list[list[int]]]:
    """Return [line, quantity left] by organisation and item, the first line last so that it is popped first."""
    queues: dict[tuple[int, int], list[list[int]]] = defaultdict(list)
    for claim in reversed(claims):
        queues[claim.organisation_id, claim.item_id].append([claim.line_id, claim.quantity])
    return queues


@dataclass(frozen=True, slots=True)
class SharedStock:
    """What one depot can give of each item; goods given for one place are a stock of their own that reaches it only."""

    depot_id: int
    quantities: Mapping[int, int]
    restricted_area: str = ""
    place: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Receiver:
    """One community's depot, what it needs of each item on each day, and how much its claim counts."""

    depot_id: int
    area_code: str
    needs: Mapping[int, int]
    place: tuple[float, float] | None = None
    weight: int = 1


def share_stock(
    stocks: Sequence[SharedStock], receivers: Sequence[Receiver], *, items: Sequence[int], days: int,
    control: Control | None = None,
) -> tuple[AllocationProblem, Allocation]:  # fmt: skip
    """
    Return the fairest plan over the days, checked by the engine's independent verifier.

    Raises:
        Refusal: if quantities are so large that an exact answer is out of reach.
        RuntimeError: if the verifier finds a defect: such a plan must never be shown.
    """
    from juxing_engine.allocation import NO_ROUTE, AllocationProblem, allocate, allocation_defects

    supply = np.zeros((days, len(stocks), len(items)), np.int64)
    supply[0] = [[stock.quantities.get(item, 0) for item in items] for stock in stocks]
    need = np.array([[receiver.needs.get(item, 0) for item in items] for receiver in receivers], np.int64)
    routes = [
        [
            _route(stock, receiver) if receiver.area_code.startswith(stock.restricted_area) else NO_ROUTE
            for receiver in receivers
        ]
        for stock in stocks
    ]  # fmt: skip
    try:
        problem = AllocationProblem(
            np.repeat(need[None], days, axis=0), supply, weight=[receiver.weight for receiver in receivers],
            distance_m=routes,
        )  # fmt: skip
    except ValueError as error:
        raise Refusal(
            "quantities_too_large", _("The quantities are too large to share exactly. Check units and zeros.")
        ) from error
    allocation = allocate(problem, control=control)
    if defects := allocation_defects(problem, allocation):
        raise RuntimeError(f"The sharing failed its check: {'; '.join(defects)}")
    return problem, allocation


def _route(stock: SharedStock, receiver: Receiver) -> int:
    return _great_circle(stock.place, receiver.place) if stock.place and receiver.place else 0


def why_this_share(
    problem: AllocationProblem, allocation: Allocation, *, day: int, community: int, item: int
) -> tuple[str, int]:
    """Return what binds one share, as a word, and how many communities draw on the same goods."""
    from juxing_engine.allocation import explain_share

    found = explain_share(problem, allocation, day=day, community=community, item=item)
    return found.reason.name.lower(), found.sharers
