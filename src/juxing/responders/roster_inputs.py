"""What is written when a roster is made, checked once for pages, tables and conversion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from juxing.kernel.refusals import InvalidInput
from juxing.responders.enums import Skill
from juxing.responders.gates import gates
from juxing.responders.roster_enums import RosterFor

MOST_DAYS, MOST_POSTS, MOST_SHIFTS_A_DAY, MOST_PEOPLE = 31, 20, 6, 200
PATTERNS: dict[str, tuple[tuple[int, int], ...]] = {
    "day": ((480, 1200),),
    "two": ((480, 1200), (1200, 1920)),
    "three": ((0, 480), (480, 960), (960, 1440)),
    "halves": ((480, 780), (780, 1080)),
    "meals": ((420, 720), (720, 1020), (1020, 1320)),
}
"""Shifts of a day in minutes from midnight, by the code of their pattern."""


@dataclass(frozen=True, slots=True)
class PostInput:
    """A post with what it takes, and how many each shift needs, A and B."""

    title: str
    skill: str = ""
    task_type: str = ""
    count: int = 1
    alternates: int = 0


@dataclass(frozen=True, slots=True)
class RosterInput:
    """A new roster; ``shifts`` are minutes from midnight, the second above 1440 for a night shift."""

    area_code: str
    name: str
    starts_on: date
    days: int
    shifts: Sequence[tuple[int, int]]
    posts: Sequence[PostInput]
    roster_for: str = RosterFor.GROUP
    place: str = ""
    body_id: int | None = None
    venue_uuid: str | None = None
    least_rest_hours: int = 11
    most_days_in_row: int = 5
    most_shifts: int | None = None
    activation_id: int | None = None


def require_sound(given: RosterInput) -> None:
    """
    Do nothing if the roster can be made.

    Raises:
        InvalidInput: naming the field that cannot be taken.
    """
    if not given.name.strip() or len(given.name) > 80:
        raise InvalidInput("name_missing", _("Write a name of at most 80 characters."), field="name")
    if not 1 <= given.days <= MOST_DAYS:
        raise InvalidInput("days_range", _("A roster runs for 1 to 31 days."), field="days")
    if not 1 <= len(given.shifts) <= MOST_SHIFTS_A_DAY:
        raise InvalidInput("shifts_range", _("A day has one to six shifts."), field="shifts")
    for starts, ends in given.shifts:
        if not (0 <= starts < 1440 and starts < ends <= starts + 1440):
            raise InvalidInput("shift_order", _("A shift ends after it begins, within a day."), field="shifts")
    if not 1 <= len(given.posts) <= MOST_POSTS:
        raise InvalidInput("posts_missing", _("Name one to twenty posts."), field="posts")
    if not 8 <= given.least_rest_hours <= 48 or not 1 <= given.most_days_in_row <= 7:
        raise InvalidInput(
            "rules_humane", _("At least 8 hours of rest, at most 7 days in a row."), field="least_rest_hours"
        )
    for post in given.posts:
        _require_post(post)


def _require_post(post: PostInput) -> None:
    if not post.title.strip() or len(post.title) > 40:
        raise InvalidInput("post_title", _("Write what the post is called, at most 40 characters."), field="posts")
    if post.skill and post.skill not in Skill.values:
        raise InvalidInput("skill_unknown", _("Choose one of the list."), field="posts")
    if post.task_type and post.task_type not in gates():
        raise InvalidInput("task_unknown", _("Choose one of the list."), field="posts")
    if not 0 <= post.count <= MOST_PEOPLE or not 0 <= post.alternates <= MOST_PEOPLE:
        raise InvalidInput("count_range", _("A shift needs 0 to 200 people."), field="posts")
