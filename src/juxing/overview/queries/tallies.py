"""The figures of places by part: kept per community, or counted now where they are not kept or no longer fresh."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.scope import acting
from juxing.overview.models import AreaTally
from juxing.overview.queries.help_now import Attendance, HelpCounts, attendance_by_part, help_by_part
from juxing.overview.queries.needs_now import NeedCounts, needs_by_part
from juxing.overview.queries.places import COMMUNITY_LENGTH, Place
from juxing.overview.queries.stuck import KINDS, Example, Stuck, stuck_by_part

KEPT_FRESH = timedelta(minutes=3)
MOMENTS = ("oldest_waiting_since", "oldest_unanswered", "oldest_blocked")


@dataclass(slots=True)
class Tally:
    """Needs, help, what is stuck and who came at one place."""

    needs: NeedCounts = field(default_factory=NeedCounts)
    help: HelpCounts = field(default_factory=HelpCounts)
    stuck: Stuck = field(default_factory=Stuck)
    attendance: Attendance = field(default_factory=Attendance)

    def add(self, other: Tally) -> None:
        """Count these in as well."""
        self.needs.add(other.needs)
        self.help.add(other.help)
        self.stuck.add(other.stuck)
        self.attendance.add(other.attendance)


def tallies(place: Place, *, now: datetime) -> dict[str, Tally]:
    """
    Return the tallies of a place by part.

    Down to communities they are read as kept, one query, if all kept ones are at most three minutes old; otherwise
    they are counted, seven queries. Counting is done as the process, because a helper of this place may hold a task
    outside the reader's scope; only numbers and needs of the place itself come back.
    """
    if place.counted_length <= COMMUNITY_LENGTH:
        kept = list(AreaTally.objects.within(place.code).values_list("area_code", "as_of", "figures"))
        if kept and min(as_of for _code, as_of, _figures in kept) > now - KEPT_FRESH:
            return _joined(((code, tally_of(figures)) for code, _as_of, figures in kept), place.counted_length)
    with acting(Actor.system("overview")):
        return counted_tallies(Areas([place.code]), length=place.counted_length, now=now)


def counted_tallies(areas: Areas, *, length: int, now: datetime, with_attendance: bool = True) -> dict[str, Tally]:
    """Return the tallies by the first ``length`` characters of area codes, counted now; seven queries at most."""
    needs = needs_by_part(areas, length=length, now=now)
    helpers = help_by_part(areas, length=length, now=now)
    stuck = stuck_by_part(areas, length=length, now=now)
    came = attendance_by_part(areas, length=length, now=now) if with_attendance else {}
    return {
        part: Tally(
            needs.get(part) or NeedCounts(), helpers.get(part) or HelpCounts(), stuck.get(part) or Stuck(),
            came.get(part) or Attendance(),
        )
        for part in {*needs, *helpers, *stuck, *came}
    }  # fmt: skip


def _joined(rows: Iterable[tuple[str, Tally]], length: int) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    for code, tally in rows:
        found.setdefault(code[:length], Tally()).add(tally)
    return found


def figures_of(tally: Tally) -> dict[str, Any]:
    """Return the tally as it is kept in JSON."""
    needs, helpers = _fields(tally.needs), _fields(tally.help)
    needs["by_age"] = {f"{status} {step}": count for (status, step), count in tally.needs.by_age.items() if count}
    for kept in (needs, helpers):
        kept.update({name: kept[name].isoformat() for name in MOMENTS if kept.get(name)})
    stuck = {
        name: [
            {"since": one.since.isoformat(), "number": one.number, "need_uuid": str(one.need_uuid),
             "area_code": one.area_code}
            for one in getattr(tally.stuck, name)
        ]
        for name in KINDS
    }  # fmt: skip
    return {"needs": needs, "help": helpers, "stuck": stuck, "attendance": _fields(tally.attendance)}


def _fields(counts: NeedCounts | HelpCounts | Attendance) -> dict[str, Any]:
    return {one.name: getattr(counts, one.name) for one in fields(counts)}


def tally_of(figures: dict[str, Any]) -> Tally:
    """Return the tally kept in JSON."""
    needs, helpers = dict(figures["needs"]), dict(figures["help"])
    for kept in (needs, helpers):
        kept.update({name: datetime.fromisoformat(kept[name]) for name in MOMENTS if kept.get(name)})
    for name in ("by_status", "waiting_by_priority"):
        needs[name] = Counter(needs[name])
    ages = (key.rpartition(" ") for key in needs["by_age"])
    needs["by_age"] = Counter({(status, int(step)): needs["by_age"][f"{status} {step}"] for status, _, step in ages})
    stuck = Stuck(
        **{
            name: [
                Example(datetime.fromisoformat(one["since"]), one["number"], UUID(one["need_uuid"]), one["area_code"])
                for one in figures["stuck"][name]
            ]
            for name in KINDS
        }
    )
    return Tally(NeedCounts(**needs), HelpCounts(**helpers), stuck, Attendance(**figures["attendance"]))
