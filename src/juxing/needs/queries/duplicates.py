"""Needs that may be the same as one being recorded: the same door or phone, the same kind, still open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from juxing.kernel.actors import Actor
from juxing.kernel.scope import ScopedQuerySet
from juxing.needs.enums import OPEN, NeedType
from juxing.needs.inputs import NeedInput
from juxing.needs.models import Need, NeedLine
from juxing.needs.policy import visible_needs
from juxing.people.phone_numbers import phone_index

WINDOW = timedelta(days=7)
NEVER_ASSUMED = frozenset(
    {
        NeedType.MEDICINE,
        NeedType.MEDICAL_TRIP,
        NeedType.CONSULTATION,
        NeedType.PSYCHOLOGICAL_SUPPORT,
        NeedType.OTHER,
    }
)
"""Kinds where a second request may be another person's or another remedy: a person decides, never the machine."""


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """What is compared of an open need."""

    id: int
    household_id: int | None
    phone_index: str
    place: tuple[str, str]
    need_type: str
    resident_id: int | None
    items: frozenset[int]
    words: tuple[object, ...] = ()


class OpenNeeds:
    """Open needs around a batch of new ones, by the ways in which a household is recognised."""

    def __init__(self, needs: Iterable[OpenNeed] = ()) -> None:
        self._by_key: defaultdict[tuple[object, ...], list[OpenNeed]] = defaultdict(list)
        for need in needs:
            self.add(need)

    def add(self, need: OpenNeed) -> None:
        """Take one in."""
        for key in _keys(need.household_id, need.phone_index, need.place):
            self._by_key[key].append(need)

    def same_as(self, given: NeedInput, *, area_code: str, is_sent_again: bool = False) -> int | None:
        """
        Return the id of the need this one surely repeats, or None.

        ``is_sent_again`` says that a list may hold what an earlier list held: then a need of any kind that says the
        same word for word is the same.
        """
        if given.is_distinct:
            return None
        is_same = _says_the_same if given.need_type in NEVER_ASSUMED else _asks_the_same
        if is_same is _says_the_same and not is_sent_again:
            return None
        for key in door_keys(given, area_code=area_code):
            for need in self._by_key.get(key, ()):
                if need.need_type == given.need_type and is_same(given, need):
                    return need.id
        return None


def door_keys(given: NeedInput, *, area_code: str) -> list[tuple[object, ...]]:
    """Return the ways in which the household of an input is recognised."""
    return _keys(given.household_id, phone_index(given.contact_phone), (area_code, given.place_text))


def words_of(need: NeedInput | Need, things: Iterable[str]) -> tuple[object, ...]:
    """Return everything a person wrote in a need, to tell a list sent again from a second request."""
    return (need.details, need.contact_name, phone_index(need.contact_phone), frozenset(things))


def _asks_the_same(given: NeedInput, need: OpenNeed) -> bool:
    items = _items(given)
    same_person = None in {given.resident_id, need.resident_id} or given.resident_id == need.resident_id
    return same_person and (not items or not need.items or bool(items & need.items))


def _says_the_same(given: NeedInput, need: OpenNeed) -> bool:
    return need.words == words_of(given, (line.written for line in given.lines))


def open_needs_around(inputs: Sequence[NeedInput], *, now: datetime) -> OpenNeeds:
    """Return the open originals at the doors, phones and written places of these inputs; two queries."""
    rows = list(
        _at_the_same_door(inputs).filter(
            status__in=sorted(OPEN), recorded_at__gte=now - WINDOW, duplicate_of__isnull=True
        )
    )
    items: defaultdict[int, set[int]] = defaultdict(set)
    things: defaultdict[int, set[str]] = defaultdict(set)
    lines = NeedLine.objects.filter(need_id__in=[need.pk for need in rows])
    for need_id, item_id, written in lines.values_list("need_id", "item_id", "written"):
        things[need_id].add(written)
        if item_id is not None:
            items[need_id].add(item_id)
    return OpenNeeds(
        OpenNeed(
            need.pk, need.household_id, need.contact_phone_index, (need.area_code, need.place_text), need.need_type,
            need.resident_id, frozenset(items[need.pk]), words_of(need, things[need.pk]),
        )
        for need in rows
    )  # fmt: skip


def possible_duplicates(actor: Actor, given: NeedInput, *, now: datetime, limit: int = 5) -> list[Need]:
    """Return open needs a person should look at before sending this one: same door or phone, same kind or things."""
    items = _items(given)
    alike = Q(need_type=given.need_type)
    if items:
        alike |= Q(lines__item_id__in=items)
    rows = (
        visible_needs(actor)
        .filter(
            alike,
            pk__in=_at_the_same_door([given]).values("pk"),
            status__in=sorted(OPEN),
            recorded_at__gte=now - WINDOW,
            duplicate_of__isnull=True,
        )
        .order_by("-recorded_at", "-id")
        .distinct()
    )
    return list(rows.prefetch_related("lines__item")[:limit])


def _at_the_same_door(inputs: Sequence[NeedInput]) -> ScopedQuerySet[Need]:
    households = [given.household_id for given in inputs if given.household_id is not None]
    phones = [phone_index(given.contact_phone) for given in inputs if given.contact_phone]
    codes = [given.area_code for given in inputs if given.household_id is None and given.place_text]
    places = [given.place_text for given in inputs if given.household_id is None and given.place_text]
    condition = Q(pk__in=[])
    if households:
        condition |= Q(household_id__in=households)
    if phones:
        condition |= Q(contact_phone_index__in=phones)
    if codes:
        condition |= Q(area_code__in=codes, place_text__in=places, household__isnull=True)
    return Need.objects.get_queryset().filter(condition)


def _keys(household_id: int | None, phone: str, place: tuple[str, str]) -> list[tuple[object, ...]]:
    keys: list[tuple[object, ...]] = []
    if household_id is not None:
        keys.append(("household", household_id))
    elif place[1]:
        keys.append(("place", *place))
    if phone and household_id is None:
        keys.append(("phone", phone))
    return keys


def _items(given: NeedInput) -> frozenset[int]:
    return frozenset(line.item_id for line in given.lines if line.item_id is not None)
