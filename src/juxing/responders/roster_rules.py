"""
What a roster must keep to, looked at shift by shift: live beside every edit by hand.

Works on real times, so a shift in another roster counts like one in this. The same rules bind the planning in
``juxing_engine.rostering``; a property test holds both to each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

DAY = timedelta(days=1)


class Rule(StrEnum):
    """A rule that a shift breaks."""

    TWICE_AT_ONCE = "twice_at_once"
    TWO_A_DAY = "two_a_day"
    REST = "rest"
    DAYS_IN_ROW = "days_in_row"
    MOST_SHIFTS = "most_shifts"
    CANNOT = "cannot"
    SKILL = "skill"
    GATE = "gate"


PROTECTING = frozenset({Rule.TWICE_AT_ONCE, Rule.TWO_A_DAY, Rule.REST, Rule.DAYS_IN_ROW, Rule.GATE})
"""Rules without which a roster is not published."""


@dataclass(frozen=True, slots=True)
class Held:
    """One shift of one person. ``key`` names it to the caller; None is a shift elsewhere, which is never blamed."""

    key: int | None
    person: int
    day: date
    starts_at: datetime
    ends_at: datetime
    can_come: bool = True
    is_able: bool = True
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """Least hours between shifts, most days in a row, and the most shifts of each person who has a limit."""

    least_rest: timedelta
    most_days_in_row: int
    most_shifts: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Defect:
    """A broken rule at a shift; ``number`` is the hours of rest, the days in a row or the shifts there are."""

    key: int
    rule: Rule
    number: int = 0
    what: tuple[str, ...] = ()


def defects_of(held: Iterable[Held], limits: Limits) -> list[Defect]:
    """Return every broken rule, by the shift at which it shows: of two too close, the later one."""
    by_person: defaultdict[int, list[Held]] = defaultdict(list)
    for row in held:
        by_person[row.person].append(row)
    found: list[Defect] = []
    for person, rows in by_person.items():
        rows.sort(key=lambda row: (row.starts_at, row.ends_at))
        found += _own(rows)
        found += _between(rows, limits)
        found += _in_a_row(rows, limits)
        most = limits.most_shifts.get(person)
        here = [row for row in rows if row.key is not None]
        if most is not None:
            found += [Defect(row.key or 0, Rule.MOST_SHIFTS, len(here)) for row in here[most:]]
    return found


def _own(rows: Sequence[Held]) -> list[Defect]:
    found: list[Defect] = []
    for row in rows:
        if row.key is None:
            continue
        if not row.can_come:
            found.append(Defect(row.key, Rule.CANNOT))
        if not row.is_able:
            found.append(Defect(row.key, Rule.SKILL))
        if row.missing:
            found.append(Defect(row.key, Rule.GATE, what=row.missing))
    return found


def _between(rows: Sequence[Held], limits: Limits) -> list[Defect]:
    """Look at each shift and the one before it that ends last; blame the later, or the one of this roster."""
    found: list[Defect] = []
    before: Held | None = None
    for row in rows:
        if before is not None:
            rest = row.starts_at - before.ends_at
            key = row.key if row.key is not None else before.key
            if key is not None and rest < timedelta():
                found.append(Defect(key, Rule.TWICE_AT_ONCE))
            elif key is not None and row.day == before.day:
                found.append(Defect(key, Rule.TWO_A_DAY))
            elif key is not None and rest < limits.least_rest:
                found.append(Defect(key, Rule.REST, int(rest.total_seconds() // 3600)))
        if before is None or row.ends_at >= before.ends_at:
            before = row
    return found


def _in_a_row(rows: Sequence[Held], limits: Limits) -> list[Defect]:
    found: list[Defect] = []
    count, last = 0, None
    for row in rows:
        if last is None or row.day > last + DAY:
            count = 1
        elif row.day == last + DAY:
            count += 1
        last = row.day
        if count > limits.most_days_in_row and row.key is not None:
            found.append(Defect(row.key, Rule.DAYS_IN_ROW, count))
    return found
