"""The operating picture (态势一张图) of one place: everything on the page, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from juxing.kernel.actors import Actor
from juxing.overview.queries import by_hour
from juxing.overview.queries.facts import Told, latest_facts
from juxing.overview.queries.goods import ShortDepot, short_depots
from juxing.overview.queries.help_now import HelpCounts
from juxing.overview.queries.needs_now import NeedCounts
from juxing.overview.queries.places import Place, households_by_part, place_for
from juxing.overview.queries.stuck import Stuck
from juxing.overview.queries.tallies import Tally, tallies
from juxing.overview.queries.unserved import Unserved, unserved
from juxing.supplies.policy import VIEW as VIEW_SUPPLIES


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one part of the place."""

    code: str
    name: str
    tally: Tally
    today: dict[str, int]
    households: int

    @property
    def needs(self) -> NeedCounts:
        """Its needs."""
        return self.tally.needs

    @property
    def help(self) -> HelpCounts:
        """Who helps there."""
        return self.tally.help

    @property
    def stuck(self) -> Stuck:
        """What does not move there."""
        return self.tally.stuck

    @property
    def per_thousand(self) -> float | None:
        """Waiting needs per 1,000 households."""
        return round(1000 * self.needs.waiting / self.households, 1) if self.households else None


@dataclass(frozen=True, slots=True)
class Figures:
    """What changes by the minute. ``short_depots`` and ``facts`` are None where the reader may not see them."""

    place: Place
    now: datetime
    whole: Part
    children: tuple[Part, ...]
    unserved: Unserved
    short_depots: tuple[ShortDepot, ...] | None
    facts: list[Told] | None
    by_hour: dict[datetime, dict[str, int]]


def figures(actor: Actor, code: str, *, now: datetime) -> Figures:
    """
    Return the picture of a place.

    Raises:
        NotVisible: if the place is not one whose picture the actor may see, or does not exist.
    """
    place = place_for(actor, code)
    parts = parts_of(place, now=now)
    return Figures(
        place=place,
        now=now,
        whole=_joined(place.code, place.name, parts.values()),
        children=tuple(
            _joined(child.code, child.name, (part for key, part in parts.items() if key.startswith(child.code)))
            for child in place.children
        ),
        unserved=unserved(code, now=now),
        short_depots=tuple(short_depots(actor, code)) if actor.may(VIEW_SUPPLIES, code) else None,
        facts=latest_facts(actor, code, length=place.counted_length),
        by_hour=by_hour.counts_by_hour(code, now=now),
    )


def parts_of(place: Place, *, now: datetime) -> dict[str, Part]:
    """Return the figures by part; rows that belong to the place as a whole stand under its own code."""
    counted = tallies(place, now=now)
    today = by_hour.today_by_part(place.code, length=place.counted_length, now=now)
    households = households_by_part(place)
    names = {area.code: area.name for area in (*place.children, *place.parts)}
    codes = {*counted, *today, *households, *(area.code for area in place.parts)}
    return {
        code: Part(
            code=code, name=names.get(code, ""), tally=counted.get(code) or Tally(), today=today.get(code, {}),
            households=households.get(code, 0),
        )
        for code in sorted(codes)
    }  # fmt: skip


def _joined(code: str, name: str, parts: Iterable[Part]) -> Part:
    whole = Part(code=code, name=name, tally=Tally(), today={}, households=0)
    households = 0
    for part in parts:
        whole.tally.add(part.tally)
        households += part.households
        for key, count in part.today.items():
            whole.today[key] = whole.today.get(key, 0) + count
    return replace(whole, households=households)
