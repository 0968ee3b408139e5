"""
Who is called for a response (集结), read for one street: what the plan wants, who stands already, who can be asked.

Asked are those who live in the parts concerned, serve, are switched on and named no other times; never somebody who
holds a post of the response, is counted on elsewhere, or said no to this response. Nothing else counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Left
from django.utils.timezone import localdate

from juxing.kernel.areas import Areas
from juxing.kernel.conversion import ConversionOrder
from juxing.kernel.scope import ScopedQuerySet
from juxing.organisations.conversion import places, planned_posts
from juxing.organisations.models import PostConversion, PostHolding
from juxing.places.models import Area, Building
from juxing.responders.enums import SERVING
from juxing.responders.gates import Lacks, Missing, lacking
from juxing.responders.models import Availability, Muster, Responder
from juxing.responders.muster_enums import COUNTED_ON, MusterStatus
from juxing.responders.problems.nearest import Chosen, Nearest, Person, Slot, could_reach, nearest

COMMUNITY_LENGTH, STREET_LENGTH, DISTRICT_LENGTH = 12, 9, 6
MOST_FILLERS = 3
Point = tuple[float, float]


@dataclass(slots=True)
class Group:
    """
    One row of the plan in one community (or the street): ``wanted`` people over ``spots``.

    ``kept`` are the ids of calls that stand and fill it, ``called`` who comes on top, with the place of each;
    ``kept_out`` who could do it and is near enough, but has not shown what its task asks.
    """

    key: str
    row: Mapping[str, Any]
    place: str
    spots: Sequence[str]
    wanted: int
    kept: list[int] = field(default_factory=list)
    kept_ways: list[int] = field(default_factory=list)
    called: list[tuple[str, Chosen]] = field(default_factory=list)
    kept_out: list[tuple[int, tuple[Missing, ...]]] = field(default_factory=list)

    @property
    def task_type(self) -> str:
        """The kind of task whose gates it has."""
        return str(self.row.get("task_type", ""))

    @property
    def found(self) -> int:
        """How many fill it."""
        return len(self.kept) + len(self.called)

    @property
    def farthest_m(self) -> int:
        """The longest way of those who fill it."""
        return max([*self.kept_ways, *(one.way_m for _place, one in self.called)], default=0)


def plan_musters(order: ConversionOrder, *, is_preview: bool = False) -> list[Group]:
    """Return whom the plan's people would be, street by street; struck-out lines only in a preview."""
    groups = [group for group in _groups(order) if is_preview or order.edits.keeps(group.key)]
    if not groups:
        return []
    missing = _missing(order, groups)
    if not missing:
        return groups
    works = {task: number for number, task in enumerate(sorted({group.task_type for group, _spot in missing}))}
    people, lacks = _gated(order, _people(order, is_preview=is_preview), works)
    points = points_of(order.street, {spot for _group, spot in missing}, people)
    slots = [Slot(str(group.row.get("skill", "")), *points[spot], works[group.task_type])
             for group, spot in missing if spot in points]  # fmt: skip
    open_spots = [(group, spot) for group, spot in missing if spot in points]
    found: Nearest = nearest(slots, people)
    for (group, spot), one in zip(open_spots, found.chosen, strict=True):
        if one is not None:
            group.called.append((spot, one))
    _note_kept_out(open_spots, slots, people, lacks)
    return groups


def fillers(order: ConversionOrder, skills: set[str]) -> dict[str, tuple[tuple[str, int], ...]]:
    """Return by skill ("" is any) where else in the district people could be asked for it, and how many; most first."""
    district = order.street[:DISTRICT_LENGTH]
    asked = sorted({str(row.get("skill", "")) for row in order.rows("people")} | skills)
    by_community = order.once(("responders.free", district, tuple(asked)), lambda: _able(order, district, asked))
    concerned = _living_in(order.areas)
    found: dict[str, tuple[tuple[str, int], ...]] = {}
    for skill in sorted(skills):
        able: Counter[str] = Counter()
        for community, counts in by_community.items():
            if community not in concerned and counts[skill]:
                able[community[:STREET_LENGTH]] += counts[skill]
        nearest_first = sorted(able.items(), key=lambda one: (one[0] != order.street, -one[1], one[0]))
        found[skill] = tuple(nearest_first[:MOST_FILLERS])
    return found


def _able(order: ConversionOrder, district: str, skills: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return by community how many free people have each skill ("" is any)."""
    counts = {
        f"able_{number}": Count("id", filter=Q(skills__contains=[skill]) if skill else Q(id__isnull=False))
        for number, skill in enumerate(skills)
    }
    rows = _free(Responder.objects.within(district), order).values_list(Left("area_code", COMMUNITY_LENGTH))
    return {str(row[0]): dict(zip(skills, row[1:], strict=True)) for row in rows.annotate(**counts).order_by()}


def standing(order: ConversionOrder) -> ScopedQuerySet[Muster]:
    """Return who is counted on for this response in the parts concerned."""
    rows = Muster.objects.inside(order.areas).filter(activation_id=order.activation_id)
    return rows.filter(status__in=sorted(COUNTED_ON))


def _groups(order: ConversionOrder) -> list[Group]:
    rows = order.rows("people")
    spots = {per: places(order, per) for per in {str(row.get("per", "community")) for row in rows}}
    found: list[Group] = []
    for row in rows:
        below: dict[str, list[str]] = defaultdict(list)
        for spot in spots[str(row.get("per", "community"))]:
            below[spot[:COMMUNITY_LENGTH]].append(spot)
        for place, here in sorted(below.items()):
            key = f"{row['code']}:{place}"
            wanted = order.edits.quantity(key, max(1, int(row.get("count", 1))) * len(here))
            found.append(Group(key, row, place, here, wanted))
    return found


def _missing(order: ConversionOrder, groups: Sequence[Group]) -> list[tuple[Group, str]]:
    """Fill the groups with who stands already, and return the spots that are left, one for each person wanted."""
    here: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    rows = standing(order).filter(ends_at__gt=order.now).order_by("id")
    for pk, code, place, way_m in rows.values_list("id", "code", "area_code", "way_m"):
        here[code, place].append((pk, way_m))
    missing: list[tuple[Group, str]] = []
    for group in groups:
        asked = Counter(group.spots[number % len(group.spots)] for number in range(group.wanted))
        for spot, count in sorted(asked.items()):
            kept = here[str(group.row["code"]), spot][:count]
            group.kept += [pk for pk, _way_m in kept]
            group.kept_ways += [way_m for _pk, way_m in kept]
            missing += [(group, spot)] * (count - len(kept))
    return missing


def _people(order: ConversionOrder, *, is_preview: bool) -> list[Person]:
    rows = _free(Responder.objects.within(order.street).filter(_living_inside(order.areas)), order)
    refused = Muster.objects.filter(activation_id=order.activation_id, status=MusterStatus.DECLINED)
    rows = rows.exclude(pk__in=refused.filter(responder__isnull=False).values("responder_id"))
    columns = ("id", "account_id", "longitude", "latitude", "skills", "reach_m")
    busy = _post_holders(order, is_preview=is_preview)
    return [
        Person(pk, longitude, latitude, skills, reach_m)
        for pk, account_id, longitude, latitude, skills, reach_m in rows.order_by("id").values_list(*columns)
        if account_id is None or account_id not in busy
    ]


def _gated(
    order: ConversionOrder, people: Sequence[Person], works: Mapping[str, int]
) -> tuple[list[Person], Mapping[int, Lacks]]:
    """Return the people with the works closed to whom their gates are not passed, and what each lacks; one query."""
    lacks = lacking([one.id for one in people], works, on=localdate(order.now))
    closed = {person: frozenset(works[task] for task in missing) for person, missing in lacks.items()}
    return [replace(one, closed=closed[one.id]) if one.id in closed else one for one in people], lacks


def _note_kept_out(
    spots: Sequence[tuple[Group, str]], slots: Sequence[Slot], people: Sequence[Person], lacks: Mapping[int, Lacks]
) -> None:
    """Note at each group who could do it but for the gate: nobody is left out without a word."""
    lacking_it: dict[str, list[Person]] = defaultdict(list)
    for one in people:
        for task_type in lacks.get(one.id, ()):
            lacking_it[task_type].append(one)
    by_group: dict[int, tuple[Group, list[Slot]]] = {}
    for (group, _spot), slot in zip(spots, slots, strict=True):
        by_group.setdefault(id(group), (group, []))[1].append(slot)
    for group, wanted in by_group.values():
        places_of = {(one.longitude, one.latitude): one for one in wanted}.values()
        group.kept_out = [
            (one.id, lacks[one.id][group.task_type]) for one in lacking_it.get(group.task_type, ())
            if any(could_reach(one, slot) for slot in places_of)
        ]  # fmt: skip


def _free(rows: ScopedQuerySet[Responder], order: ConversionOrder) -> ScopedQuerySet[Responder]:
    """Keep those who can be asked now and are counted on nowhere."""
    periods = Availability.objects.filter(responder=OuterRef("pk"))
    counted_on = Muster.objects.filter(
        responder=OuterRef("pk"), status__in=sorted(COUNTED_ON), ends_at__gt=order.now
    )  # fmt: skip
    return rows.filter(
        Exists(periods.filter(starts_at__lte=order.now, ends_at__gt=order.now)) | ~Exists(periods),
        ~Exists(counted_on), status__in=sorted(SERVING), is_available=True,
    )  # fmt: skip


def _living_inside(areas: Areas) -> Q:
    return _living_in(areas).condition()


def _living_in(areas: Areas) -> Areas:
    """People are known by their community: whoever lives in a community of which a part is concerned."""
    return Areas(prefix[:COMMUNITY_LENGTH] for prefix in areas.prefixes)


def _post_holders(order: ConversionOrder, *, is_preview: bool) -> set[int]:
    """Return who holds a post of the response, or would: one person stands in one place."""
    if is_preview:
        planned, _lonely = planned_posts(order)
        return {person for post in planned for person in (post.primary, post.alternate) if person}
    counted = PostConversion.objects.inside(order.areas).filter(ended_at__isnull=True)
    rows = PostHolding.objects.inside(order.areas).filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=order.now), post_id__in=list(counted.values_list("post_id", flat=True))
    )
    return set(rows.values_list("account_id", flat=True))


def points_of(street: str, spots: set[str], people: Sequence[Person]) -> dict[str, Point]:
    """Return where each spot is: its own point, the middle of its buildings, or else of the people of the street."""
    rows = Area.objects.filter(code__in=sorted(spots), longitude__isnull=False, latitude__isnull=False)
    found: dict[str, Point] = {code: (x, y) for code, x, y in rows.values_list("code", "longitude", "latitude")
                               if x is not None and y is not None}  # fmt: skip
    left = sorted(spots - found.keys())
    if left:
        buildings = Building.objects.within(street).filter(longitude__isnull=False, latitude__isnull=False)
        inside: dict[str, list[Point]] = defaultdict(list)
        for code, x, y in buildings.values_list("area_code", "longitude", "latitude"):
            if x is not None and y is not None:
                for spot in _above(code):
                    inside[spot].append((x, y))
        found |= {spot: _middle(inside[spot]) for spot in left if inside.get(spot)}
    if people:
        everybody = _middle([(person.longitude, person.latitude) for person in people])
        found |= dict.fromkeys(spots - found.keys(), everybody)
    return found


def _above(code: str) -> list[str]:
    """Return the places a building lies in, from its street on."""
    parts = code.split("-")
    return [code[:STREET_LENGTH], *("-".join(parts[:depth]) for depth in range(1, len(parts)))]


def _middle(points: Sequence[Point]) -> Point:
    return (sum(x for x, _y in points) / len(points), sum(y for _x, y in points) / len(points))
