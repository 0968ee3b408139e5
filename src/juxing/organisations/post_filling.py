"""
Filling emergency posts: who takes which post as A and as B, thousands at once.

Nobody gets two of them, so nobody is another's only stand-in in a ring. People are taken by their role at the place,
in the plan's order of roles, nearest first: those of the grid, then those of the community.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import LiteralString

from django.db import connection, models

from juxing.access.models import RoleAssignment
from juxing.kernel import journal
from juxing.kernel.areas import within
from juxing.kernel.conversion import ConversionOrder
from juxing.kernel.copying import copy_rows
from juxing.organisations.commands.posts import POST_ADDED, POST_CLOSED
from juxing.organisations.enums import AssignmentSlot, OrganisationType
from juxing.organisations.models import Organisation, Post, PostConversion, PostHolding

COMMUNITY_LENGTH, STREET_LENGTH = 12, 9
SUBJECT = "organisations.post"
OWNERS = [OrganisationType.RESIDENTS_COMMITTEE, OrganisationType.PARTY_ORGANISATION]
SPARE_PLACES = 3
SET_UP: LiteralString = (
    "planned AS (SELECT nextval((SELECT pg_get_serial_sequence('organisations_post', 'id')::regclass)) AS id, "
    "wanted.* "
    "FROM unnest(%(areas)s::text[], %(organisations)s::bigint[], %(titles)s::text[], %(duties)s::text[], "
    "%(roles)s::text[], %(codes)s::text[], %(primaries)s::bigint[], %(alternates)s::bigint[]) "
    "AS wanted (area_code, organisation_id, title, duties, carries_role, code, primary_id, alternate_id)), "
    "written AS (INSERT INTO organisations_post (id, area_code, organisation_id, title, duties, carries_role) "
    "SELECT id, area_code, organisation_id, title, duties, carries_role FROM planned "
    "RETURNING id, uuid, area_code, jsonb_build_object('activation', %(activation)s::bigint) AS changes), "
    "holdings AS (INSERT INTO organisations_postholding (area_code, post_id, account_id, slot, rank, starts_at) "
    "SELECT planned.area_code, planned.id, held.account_id, held.slot, 1, %(now)s FROM planned CROSS JOIN LATERAL "
    "(VALUES (planned.primary_id, 'primary'), (planned.alternate_id, 'alternate')) AS held (account_id, slot) "
    "WHERE held.account_id IS NOT NULL), "
    "links AS (INSERT INTO organisations_postconversion (area_code, post_id, activation_id, code, is_made, started_at) "
    "SELECT area_code, id, %(activation)s, code, true, %(now)s FROM planned)"
)
CLOSE: LiteralString = (
    "written AS (UPDATE organisations_post SET closed_at = %(now)s WHERE id = ANY(%(ids)s::bigint[]) "
    "AND closed_at IS NULL RETURNING id, uuid, area_code, "
    "jsonb_build_object('activation', %(activation)s::bigint) AS changes)"
)


@dataclass(frozen=True, slots=True)
class PlannedPost:
    """A post to stand for the time; ``post_id`` is set when it stands already. People are account ids, 0 for none."""

    code: str
    title: str
    area_code: str
    organisation_id: int
    duties: str
    carries_role: str
    primary: int = 0
    alternate: int = 0
    post_id: int = 0


@dataclass(slots=True)
class Pool:
    """Who could take a post in one community: account ids by role and by place, taken once each."""

    by_place: dict[tuple[str, str], list[int]]
    taken: set[int]

    def take(self, roles: Sequence[str], places: Sequence[str]) -> int:
        """Return the next free person of the first role that has one, at the nearest place; 0 if there is none."""
        for role in roles:
            for place in places:
                waiting = self.by_place.get((role, place), [])
                while waiting:
                    person = waiting.pop()
                    if person not in self.taken:
                        self.taken.add(person)
                        return person
        return 0


def plan_posts(order: ConversionOrder, places: Mapping[str, Sequence[str]]) -> tuple[list[PlannedPost], list[str]]:
    """Return the posts wanted, with who would hold them, and the communities that have no organisation for them."""
    rows = order.rows("posts")
    wanted = [(row, place) for row in rows for place in places[row["per"]] for _each in range(row["count"])]
    owners = _owners(order.street)
    standing = _standing(order)
    pool = _pool(order, {role for row in rows for role in row["holder_roles"]})
    planned: list[PlannedPost] = []
    numbers: dict[tuple[str, str], int] = defaultdict(int)
    lonely: set[str] = set()
    for row, place in wanted:
        owner = owners.get(place[:COMMUNITY_LENGTH])
        if owner is None:
            lonely.add(place[:COMMUNITY_LENGTH])
            continue
        numbers[row["code"], place] += 1
        title = _title(row["title"], place, numbers[row["code"], place])
        post_id, primary, alternate = standing.get((owner, title), (0, 0, 0))
        near = list(dict.fromkeys([place, place[:COMMUNITY_LENGTH], place[:STREET_LENGTH]]))
        if not post_id:
            primary = pool.take(row["holder_roles"], near)
            alternate = pool.take([*row["holder_roles"][1:], *row["holder_roles"][:1]], near)
        planned.append(
            PlannedPost(
                code=row["code"], title=title, area_code=place, organisation_id=owner, duties=row.get("duties", ""),
                carries_role=row.get("carries_role", ""), primary=primary, alternate=alternate, post_id=post_id,
            )
        )  # fmt: skip
    return planned, sorted(lonely)


def write_posts(order: ConversionOrder, planned: Sequence[PlannedPost]) -> dict[str, int]:
    """Set up the posts that do not stand, with their holders, and count on all of them; returns what was done."""
    counted = set(
        PostConversion.objects.inside(order.areas)
        .filter(activation_id=order.activation_id, ended_at__isnull=True).values_list("post_id", flat=True)
    )  # fmt: skip
    new = [post for post in planned if not post.post_id]
    shared = [post for post in planned if post.post_id and post.post_id not in counted]
    _set_up(new, order)
    copy_rows(
        PostConversion, ("area_code", "post", "activation_id", "code", "is_made", "started_at"),
        [(post.area_code, post.post_id, order.activation_id, post.code, False, order.now) for post in shared],
    )  # fmt: skip
    holders = sum(bool(post.primary) + bool(post.alternate) for post in new)
    return {"posts": len(new), "shared": len(shared), "holders": holders}


def _set_up(new: Sequence[PlannedPost], order: ConversionOrder) -> None:
    """Write posts with their holders, what counts on them and the journal by one statement, whatever their number."""
    if not new:
        return
    values = {
        "areas": [post.area_code for post in new], "organisations": [post.organisation_id for post in new],
        "titles": [post.title for post in new], "duties": [post.duties[:400] for post in new],
        "roles": [post.carries_role for post in new], "codes": [post.code for post in new],
        "primaries": [post.primary or None for post in new], "alternates": [post.alternate or None for post in new],
        "activation": order.activation_id, "now": order.now,
    }  # fmt: skip
    journal.write_and_record(
        SET_UP, values, action=POST_ADDED, subject_type=SUBJECT, actor=order.actor, happened_at=order.now
    )


def close_posts(order: ConversionOrder, *, keep: set[tuple[str, str]]) -> int:
    """Let go the activation's posts but those kept (by code and place); close those no activation counts on."""
    links = PostConversion.objects.inside(order.areas).filter(activation_id=order.activation_id, ended_at__isnull=True)
    gone = [pk for pk, code, area in links.values_list("id", "code", "area_code") if (code, area) not in keep]
    if not gone:
        return 0
    return _close_unwanted(gone, order)


def _close_unwanted(links: Sequence[int], order: ConversionOrder) -> int:
    """
    End these links, and close the posts made for a conversion that none counts on any more; return how many.

    One statement after another with the ids in hand: joined into one, the planner reads whole tables street by street
    for as long as it knows nothing of the rows that were just written.
    """
    now = order.now
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE organisations_postconversion SET ended_at = greatest(started_at, %s) WHERE id = ANY(%s::bigint[]) "
            "RETURNING post_id",
            [now, list(links)],
        )
        let_go = sorted({post_id for (post_id,) in cursor.fetchall()})
        cursor.execute(
            "SELECT post_id FROM organisations_postconversion WHERE post_id = ANY(%s::bigint[]) GROUP BY post_id "
            "HAVING bool_or(is_made) AND bool_and(ended_at IS NOT NULL) ORDER BY post_id",
            [let_go],
        )
        unwanted = [post_id for (post_id,) in cursor.fetchall()]
        cursor.execute(
            "UPDATE organisations_postholding SET ends_at = greatest(starts_at, %s) "
            "WHERE post_id = ANY(%s::bigint[]) AND (ends_at IS NULL OR ends_at > %s)",
            [now, unwanted, now],
        )
        cursor.execute(
            "UPDATE organisations_backfill SET ends_at = greatest(starts_at, %s) "
            "WHERE post_id = ANY(%s::bigint[]) AND (ends_at IS NULL OR ends_at > %s)",
            [now, unwanted, now],
        )
    closed = journal.write_and_record(
        CLOSE, {"ids": unwanted, "activation": order.activation_id, "now": now}, action=POST_CLOSED,
        subject_type=SUBJECT, actor=order.actor, happened_at=now,
    )  # fmt: skip
    return len(closed)


def spare_people(order: ConversionOrder) -> tuple[tuple[str, int], ...]:
    """Return the communities of the street outside the parts concerned that have most responders, with how many."""
    rows = RoleAssignment.objects.in_force(order.now).filter(
        within(order.street), role="responder", activation_uuid=None
    )
    counts = Counter(code[:COMMUNITY_LENGTH] for code in rows.values_list("area_code", flat=True))
    areas = order.areas
    found = [(code, count) for code, count in counts.items() if code not in areas]
    return tuple(sorted(found, key=lambda entry: (-entry[1], entry[0]))[:SPARE_PLACES])


def _owners(street: str) -> dict[str, int]:
    """Return the organisation that emergency posts of each community (or of the street) belong to."""
    rows = Organisation.objects.within(street).filter(organisation_type__in=OWNERS)
    found = sorted(rows.values_list("area_code", "organisation_type", "id"), key=lambda row: OWNERS.index(row[1]))  # type: ignore[arg-type]
    owners: dict[str, int] = {}
    for area_code, _kind, pk in found:
        owners.setdefault(area_code[:COMMUNITY_LENGTH], pk)
    return owners


def _standing(order: ConversionOrder) -> dict[tuple[int, str], tuple[int, int, int]]:
    """Return the open posts of the parts with their A and first B, by organisation and title."""
    posts = {
        pk: (organisation_id, title)
        for pk, organisation_id, title in Post.objects.inside(order.areas)
        .filter(closed_at__isnull=True).values_list("id", "organisation_id", "title")
    }  # fmt: skip
    held: dict[int, dict[str, int]] = defaultdict(dict)
    # By the posts, none most of the time: those of earlier responses are many times as many, in no order of places.
    holdings = PostHolding.objects.filter(
        models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=order.now), post_id__in=list(posts), rank=1,
        starts_at__lte=order.now,
    )  # fmt: skip
    for post_id, slot, account_id in holdings.values_list("post_id", "slot", "account_id"):
        held[post_id][slot] = account_id
    return {
        key: (pk, held[pk].get(AssignmentSlot.PRIMARY, 0), held[pk].get(AssignmentSlot.ALTERNATE, 0))
        for pk, key in posts.items()
    }


def _pool(order: ConversionOrder, roles: Iterable[str]) -> Pool:
    """Return who could take a post; people in an emergency post here already are taken."""
    rows = RoleAssignment.objects.in_force(order.now).filter(
        order.areas.condition(), role__in=sorted(roles), activation_uuid=None, account__is_active=True
    )
    by_place: dict[tuple[str, str], list[int]] = defaultdict(list)
    for role, area_code, account_id in rows.order_by("-account_id").values_list("role", "area_code", "account_id"):
        for place in dict.fromkeys([area_code, area_code[:COMMUNITY_LENGTH]]):
            by_place[role, place].append(account_id)
    counted = PostConversion.objects.inside(order.areas).filter(ended_at__isnull=True)
    busy = PostHolding.objects.inside(order.areas).filter(
        models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=order.now),
        post_id__in=sorted(set(counted.values_list("post_id", flat=True))),
    )
    return Pool(by_place, set(busy.values_list("account_id", flat=True)))


def _title(title: str, place: str, number: int) -> str:
    below = place[COMMUNITY_LENGTH + 1 :]
    written = f"{title} {below}" if below else title
    return (f"{written} ({number})" if number > 1 else written)[:60]
