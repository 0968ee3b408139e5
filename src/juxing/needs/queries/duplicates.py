"""Needs that may be the same as one being recorded: the same door or phone, the same kind, still open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from juxing.kernel.actors import Actor
from juxing.kernel.scope import ScopedQuerySet
from juxing.kernel.statements import planned_once
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
OPEN_STATES = sorted(state.value for state in OPEN)
OPEN_ORIGINALS = """
SELECT id, household_id, contact_phone_index, area_code, place_text, need_type, resident_id, details, contact_name
FROM needs_need
WHERE status = ANY(%(open)s) AND recorded_at >= %(since)s AND duplicate_of_id IS NULL AND ({})
"""
unsealed = Need._meta.get_field("details").from_db_value


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
    """
    Return the open originals at the doors, phones and written places of these inputs; at most two queries.

    Nothing is looked for around inputs of which a person has said that they are distinct.
    """
    asked = [given for given in inputs if not given.is_distinct]
    if not asked:
        return OpenNeeds()
    condition, values = _around(asked)
    if not condition:
        return OpenNeeds()
    rows = planned_once(OPEN_ORIGINALS.format(condition), {"open": OPEN_STATES, "since": now - WINDOW, **values})
    items: defaultdict[int, set[int]] = defaultdict(set)
    things: defaultdict[int, set[str]] = defaultdict(set)
    for need_id, item_id, written in _lines([row[0] for row in rows]):
        things[need_id].add(written)
        if item_id is not None:
            items[need_id].add(item_id)
    return OpenNeeds(
        OpenNeed(
            row_id, household_id, phone, (area_code, place_text), need_type, resident_id, frozenset(items[row_id]),
            (unsealed(details), contact_name, phone, frozenset(things[row_id])),
        )
        for row_id, household_id, phone, area_code, place_text, need_type, resident_id, details, contact_name in rows
    )  # fmt: skip


def _lines(need_ids: Sequence[int]) -> Iterable[tuple[int, int | None, str]]:
    if not need_ids:
        return ()
    return NeedLine.objects.filter(need_id__in=need_ids).values_list("need_id", "item_id", "written")


def _around(inputs: Sequence[NeedInput]) -> tuple[str, dict[str, list[object]]]:
    """Return the condition of needs at the doors, phones and written places of the inputs, "" if they name none."""
    without_door = [given for given in inputs if given.household_id is None and given.place_text]
    ways: list[tuple[str, dict[str, list[object]]]] = [
        ("household_id = ANY(%(households)s)",
         {"households": [given.household_id for given in inputs if given.household_id is not None]}),
        ("contact_phone_index = ANY(%(phones)s)",
         {"phones": [phone_index(given.contact_phone) for given in inputs if given.contact_phone]}),
        ("household_id IS NULL AND area_code = ANY(%(codes)s) AND place_text = ANY(%(places)s)",
         {"codes": [given.area_code for given in without_door],
          "places": [given.place_text for given in without_door]}),
    ]  # fmt: skip
    named = [(condition, values) for condition, values in ways if all(values.values())]
    return " OR ".join(f"({condition})" for condition, _ in named), {
        name: value for _, values in named for name, value in values.items()
    }


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
