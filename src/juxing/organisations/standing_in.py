"""
Who works in a post at a moment: the first in order, A before B, who is not away. One rule, read in many places.

``acting_order`` says it in plain Python for one post; ``ACTING`` says the same in SQL for any number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from graphlib import CycleError, TopologicalSorter
from uuid import UUID

from django.db import connection

from juxing.access.standing_in import sources
from juxing.kernel.actors import ActingFor, Actor
from juxing.kernel.areas import AFTER_EVERY_CODE_CHARACTER
from juxing.kernel.scope import acting
from juxing.organisations.enums import AssignmentSlot

ACTING = """
    SELECT held.id, held.account_id, held.slot, held.rank FROM organisations_postholding held
    WHERE held.post_id = post.id AND held.starts_at <= %(now)s AND (held.ends_at IS NULL OR held.ends_at > %(now)s)
      AND NOT EXISTS (
        SELECT 1 FROM organisations_absence away WHERE away.holding_id = held.id
        AND away.starts_at <= %(now)s AND (away.ends_at IS NULL OR away.ends_at > %(now)s))
    ORDER BY held.slot DESC, held.rank LIMIT 1
"""
"""The acting holding of the row ``post``; "primary" sorts after "alternate", hence the descending order."""


@dataclass(frozen=True, slots=True)
class HeldPlace:
    """One holding and the times its holder is away, for ``acting_order``."""

    holding_id: int
    slot: str
    rank: int
    starts_at: datetime
    ends_at: datetime | None
    away: Sequence[tuple[datetime, datetime | None]] = ()

    def works_at(self, moment: datetime) -> bool:
        """Whether the holder holds the place at this moment and is not away."""
        return _within(moment, self.starts_at, self.ends_at) and not any(_within(moment, *each) for each in self.away)


def acting_order(places: Sequence[HeldPlace], *, moment: datetime) -> list[int]:
    """Return the ids of the holdings that could work at this moment, first the one that does; empty is a vacancy."""
    able = [place for place in places if place.works_at(moment)]
    able.sort(key=lambda place: (place.slot != AssignmentSlot.PRIMARY, place.rank))
    return [place.holding_id for place in able]


def _within(moment: datetime, start: datetime, end: datetime | None) -> bool:
    return start <= moment and (end is None or moment < end)


def ring_in(community: str) -> list[str]:
    """Return the names of people in a ring of only stand-ins in this community, or nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH only_b AS (
              SELECT post_id, min(account_id) AS account_id FROM organisations_postholding
              WHERE slot = 'alternate' AND ends_at IS NULL AND area_code >= %(from)s AND area_code < %(to)s
              GROUP BY post_id HAVING count(*) = 1
            )
            SELECT DISTINCT a.account_id, only_b.account_id, of_a.display_name
            FROM organisations_postholding a
            JOIN only_b ON only_b.post_id = a.post_id
            JOIN access_account of_a ON of_a.id = a.account_id
            WHERE a.slot = 'primary' AND a.ends_at IS NULL AND a.area_code >= %(from)s AND a.area_code < %(to)s
            """,
            {"from": community, "to": community + AFTER_EVERY_CODE_CHARACTER},
        )
        rows = cursor.fetchall()
    names = {person: name for person, _stand_in, name in rows}
    after: dict[int, list[int]] = {}
    for person, stand_in, _name in rows:
        after.setdefault(person, []).append(stand_in)
    return [names[person] for person in find_ring(after)]


def find_ring(after: dict[int, list[int]]) -> list[int]:
    """Return one ring of a directed graph given by its successors, or nothing."""
    try:
        TopologicalSorter(after).prepare()
    except CycleError as found:
        return list(found.args[1][1:])
    return []


def posts_acted_for(account_id: int, now: datetime) -> list[ActingFor]:
    """
    Return the posts in which this account steps in for somebody at this moment.

    The role that goes with a post is given on only while the absent holder has it there too.
    """
    with acting(Actor.system("standing in")), connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT post.uuid, post.title, post.area_code, coalesce(of_a.display_name, ''),
              CASE WHEN post.carries_role <> '' AND EXISTS (
                SELECT 1 FROM access_roleassignment given WHERE given.account_id = a.account_id
                AND given.role = post.carries_role AND given.starts_at <= %(now)s
                AND (given.ends_at IS NULL OR given.ends_at > %(now)s)
                AND post.area_code ^@ given.area_code::text) THEN post.carries_role ELSE '' END
            FROM organisations_postholding mine
            JOIN organisations_post post ON post.id = mine.post_id AND post.closed_at IS NULL
            JOIN LATERAL ({ACTING}) works ON works.id = mine.id
            LEFT JOIN organisations_postholding a ON a.post_id = post.id AND a.slot = 'primary'
              AND a.starts_at <= %(now)s AND (a.ends_at IS NULL OR a.ends_at > %(now)s)
            LEFT JOIN access_account of_a ON of_a.id = a.account_id
            WHERE mine.account_id = %(account)s AND mine.slot = 'alternate' AND mine.starts_at <= %(now)s
              AND (mine.ends_at IS NULL OR mine.ends_at > %(now)s)
            ORDER BY length(post.area_code) DESC, post.id
            """,  # noqa: S608 - the text is a constant
            {"now": now, "account": account_id},
        )
        return [
            ActingFor(post_uuid=UUID(str(uuid)), post=title, holder=holder, area_code=area_code, role=role)
            for uuid, title, area_code, holder, role in cursor.fetchall()
        ]


sources.add("organisations.posts", posts_acted_for)
