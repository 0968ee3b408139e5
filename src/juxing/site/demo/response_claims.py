"""
What the story promises, number beside number: claimed, found, kept or not.

Numbers of a whole district are claimed only of a district of that size; a small one is held to its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from math import floor
from typing import Any

WHOLE_DISTRICT = {"communities": 44, "residents": 278_400, "posts": 2_000, "responders": 10_000}
BRANCHES = 3
Steps = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Claim:
    """One promise: at least ``wanted``, or exactly that where it says so."""

    what: str
    wanted: int
    found: int
    is_exact: bool = True

    @property
    def holds(self) -> bool:
        """Whether it is kept."""
        return self.found == self.wanted if self.is_exact else self.found >= self.wanted


def claims(told: Mapping[str, Any], *, size: str) -> list[dict[str, Any]]:
    """Return every claim beside what the played story came to; only of a story that ended well."""
    return [asdict(each) | {"holds": each.holds} for each in _claims(told["steps"], told, is_whole=size == "L")]


def days(steps: Steps) -> dict[str, float]:
    """Return the seconds that each day of the story took."""
    found: defaultdict[int, float] = defaultdict(float)
    for step in steps.values():
        found[floor(step["day"])] += step["seconds"]
    return {str(day): round(seconds, 1) for day, seconds in sorted(found.items())}


def _claims(steps: Steps, told: Mapping[str, Any], *, is_whole: bool) -> Iterator[Claim]:
    everywhere, communities = steps["widened_to_all"], told["communities"]
    if is_whole:
        yield Claim("communities", WHOLE_DISTRICT["communities"], communities)
        yield Claim("residents", WHOLE_DISTRICT["residents"], told["residents"])
    yield Claim("signatures before the conversion", 2, steps["signed_by_two"]["signatures"])
    yield Claim("command posts on day 3", communities, everywhere["command_posts"])
    yield Claim("temporary branches on day 3", BRANCHES * communities, everywhere["temporary_branches"])
    yield Claim("venues turned into sampling points", 1, everywhere["sampling_points"], is_exact=False)
    posts, people = (WHOLE_DISTRICT["posts"], WHOLE_DISTRICT["responders"]) if is_whole else (1, 1)
    if is_whole:  # a small district converts communities, and supplies are handed out at the centre of a street
        yield Claim("venues turned into supply points", 1, everywhere["supply_points"], is_exact=False)
    yield Claim("posts filled by A or B", posts, everywhere["posts_filled"], is_exact=False)
    yield Claim("responders mustered", people, everywhere["responders_mustered"], is_exact=False)
    yield Claim("collection rounds open", communities, everywhere["rounds_open"])
    yield Claim("first needs served", 1, steps["first_needs_served"]["served"], is_exact=False)
    yield from _changes(steps)


def _changes(steps: Steps) -> Iterator[Claim]:
    yield Claim("responses at once at one place, with the rainstorm", 2,
                steps["rainstorm_on_top"]["responses_at_one_place"])  # fmt: skip
    yield Claim("places lowered to level III on day 9", 2, steps["lowered_in_two"]["lowered"])
    yield Claim("places that expired by themselves", 1, steps["one_expires_by_itself"]["expired"])
    yield Claim("shifts, situation reports of the command post", 2, steps["situation_reported_again"]["report"])
    yield Claim("shifts open after the stand-down", 0, steps["stood_down"]["shifts_open"])
    destroyed = sum(steps["data_destroyed"]["destroyed"].values())
    yield Claim("rows about people destroyed, with a certificate", 1, destroyed, is_exact=False)
    yield Claim("version of the plan that the review led to", 2, steps["looked_back"]["next_version"])
    drilled = steps["next_version_drilled"]
    yield Claim("score of the drill of version 2", drilled["before"] + 1, drilled["score"], is_exact=False)
    yield Claim("moments of the past asked for their posture", 5, steps["past_can_be_asked"]["moments"])
