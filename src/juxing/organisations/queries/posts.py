"""Reading posts: who holds what, who works in it now, who is away, and what stands open for oneself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from juxing.access.models import Account
from juxing.kernel.actors import Actor
from juxing.kernel.areas import Areas
from juxing.kernel.keyset import Page, page_of
from juxing.kernel.refusals import NotVisible
from juxing.kernel.scope import ScopedQuerySet
from juxing.organisations import policy
from juxing.organisations.enums import AssignmentSlot
from juxing.organisations.models import Absence, Backfill, Post, PostHolding, PresenceCheck

VACANT, STOOD_IN, WITHOUT_ALTERNATE = "vacant", "stood_in", "without_alternate"
STATES = (VACANT, STOOD_IN, WITHOUT_ALTERNATE)


@dataclass(slots=True)
class HolderLine:
    """One holding in force, and the absence it is in, if any."""

    holding: PostHolding
    absence: Absence | None = None
    is_acting: bool = False


@dataclass(slots=True)
class BoardLine:
    """
    A post of the board: who holds it as A and B, and who works in it now (``acting``).

    None acts in a vacant post. ``is_stood_in`` says that not A works in it.
    """

    post: Post
    holders: list[HolderLine] = field(default_factory=list)
    acting: HolderLine | None = None
    backfill: Backfill | None = None
    since: datetime | None = None

    @property
    def primary(self) -> HolderLine | None:
        """A, if somebody is."""
        return next((line for line in self.holders if line.holding.slot == AssignmentSlot.PRIMARY), None)

    @property
    def alternates(self) -> list[HolderLine]:
        """The Bs in their order."""
        return [line for line in self.holders if line.holding.slot == AssignmentSlot.ALTERNATE]

    @property
    def is_vacant(self) -> bool:
        """Whether nobody works in it now."""
        return self.acting is None

    @property
    def is_stood_in(self) -> bool:
        """Whether a B works in it now."""
        return self.acting is not None and self.acting.holding.slot == AssignmentSlot.ALTERNATE


@dataclass(frozen=True, slots=True)
class BoardFigures:
    """Numbers of open posts at a place: all, vacant, with B working, without any B."""

    posts: int
    vacant: int
    stood_in: int
    without_alternate: int


@dataclass(frozen=True, slots=True)
class OwnPosts:
    """What concerns the actor: posts held and filled, absences running and coming, questions for a sign of life."""

    lines: Sequence[BoardLine]
    absences: Sequence[Absence]
    checks: Sequence[PresenceCheck]
    unread: Sequence[Backfill]


def board(
    *, actor: Actor, now: datetime, area_code: str = "", state: str = "", cursor: str | None = None, size: int = 50
) -> Page[Post]:
    """
    Return open posts at a place with who holds them, as ``Post.line`` (a ``BoardLine``), by place.

    ``state`` narrows to vacant ones, those a B works in, or those without B. Five statements, whatever the size.
    """
    rows = _open_posts(actor).within(area_code).select_related("organisation")
    page = page_of(_narrowed(rows, state), order=("area_code", "id"), cursor=cursor, size=size)
    lines = lines_of(page.rows, now=now)
    for post in page.rows:
        post.line = lines[post.pk]  # type: ignore[attr-defined]
    return page


def board_figures(*, actor: Actor, area_code: str = "") -> BoardFigures:
    """Return the numbers of the board at a place, in one statement."""
    areas = actor.areas_with(policy.SEE) & Areas([area_code])
    if not areas:
        return BoardFigures(0, 0, 0, 0)
    ranges = " OR ".join("(post.area_code >= %s AND post.area_code < %s)" for _prefix in areas.prefixes)
    bounds = [bound for prefix in areas.prefixes for bound in (prefix, prefix + "~")]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*), count(*) FILTER (WHERE open.id IS NOT NULL AND open.holding_id IS NULL),
              count(*) FILTER (WHERE open.holding_id IS NOT NULL), count(*) FILTER (WHERE b.post_id IS NULL)
            FROM organisations_post post
            LEFT JOIN organisations_backfill open ON open.post_id = post.id AND open.ends_at IS NULL
            LEFT JOIN (SELECT DISTINCT post_id FROM organisations_postholding
              WHERE slot = 'alternate' AND ends_at IS NULL) b ON b.post_id = post.id
            WHERE post.closed_at IS NULL AND ({ranges})
            """,  # noqa: S608 - only placeholders
            bounds,
        )
        return BoardFigures(*cursor.fetchone())


def lines_of(posts: Sequence[Post], *, now: datetime) -> dict[int, BoardLine]:
    """Return the lines of these posts by id, in three statements."""
    ids = [post.pk for post in posts]
    lines = {post.pk: BoardLine(post) for post in posts}
    in_force = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    holdings = PostHolding.objects.filter(in_force, post_id__in=ids, starts_at__lte=now).select_related("account")
    by_holding: dict[int, HolderLine] = {}
    for holding in holdings.order_by("post_id", "-slot", "rank"):
        line = HolderLine(holding)
        by_holding[holding.pk] = line
        lines[holding.post_id].holders.append(line)
    for absence in Absence.objects.filter(in_force, holding_id__in=by_holding, starts_at__lte=now):
        by_holding[absence.holding_id].absence = absence
    for found in Backfill.objects.filter(post_id__in=ids, ends_at__isnull=True):
        lines[found.post_id].backfill = found
        lines[found.post_id].since = found.starts_at
    for each in lines.values():
        each.acting = next((holder for holder in each.holders if holder.absence is None), None)
        if each.acting is not None:
            each.acting.is_acting = True
    return lines


def post_for(*, actor: Actor, uuid: UUID) -> Post:
    """
    Return one post the actor sees, with its organisation.

    Raises:
        NotVisible: if there is none such.
    """
    found = policy.visible_posts(actor).select_related("organisation").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def post_line(*, actor: Actor, post: Post, now: datetime) -> BoardLine:
    """Return who holds and who works in a post the actor sees."""
    if not policy.can_see_post(actor, post):
        raise NotVisible
    return lines_of([post], now=now)[post.pk]


def absences_of(*, actor: Actor, post: Post, now: datetime) -> list[Absence]:
    """Return absences from the post that run or are to come, the nearest first."""
    ahead = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    rows = policy.visible_absences(actor).filter(ahead, holding__post=post)
    return list(rows.select_related("holding__account").order_by("starts_at", "id")[:50])


def backfills_of(*, actor: Actor, post: Post) -> list[Backfill]:
    """Return who stepped in lately, the newest first, at most twenty."""
    if not policy.can_see_post(actor, post):
        return []
    rows = Backfill.objects.filter(post=post).select_related("holding__account", "absent_holding__account")
    return list(rows.order_by("-starts_at", "-id")[:20])


def own_posts(*, actor: Actor, now: datetime) -> OwnPosts:
    """Return what concerns the actor's own account; seven statements."""
    in_force = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    held = PostHolding.objects.filter(in_force, account_id=actor.account_id or 0, starts_at__lte=now)
    ids = list(held.values_list("post_id", flat=True))
    posts = list(Post.objects.filter(pk__in=ids, closed_at__isnull=True).select_related("organisation").order_by("id"))
    lines = lines_of(posts, now=now)
    ahead = Absence.objects.filter(in_force, holding__account_id=actor.account_id or 0)
    asked = PresenceCheck.objects.filter(
        holding__account_id=actor.account_id or 0, answered_at__isnull=True, missed_at__isnull=True
    )
    steps = Backfill.objects.filter(
        holding__account_id=actor.account_id or 0, ends_at__isnull=True, read_at__isnull=True
    )
    return OwnPosts(
        lines=[lines[post.pk] for post in posts],
        absences=list(ahead.select_related("holding__post").order_by("starts_at", "id")),
        checks=list(asked.select_related("holding__post").order_by("due_at")),
        unread=list(steps.select_related("post", "absent_holding__account").order_by("starts_at")),
    )


def absence_for(*, actor: Actor, uuid: UUID) -> Absence:
    """
    Return one absence the actor may end.

    Raises:
        NotVisible: if there is none such.
    """
    found = Absence.objects.select_related("holding").filter(uuid=uuid).first()
    if found is None or not policy.can_declare_absence(actor, found.holding):
        raise NotVisible
    return found


def backfill_for(*, actor: Actor, uuid: UUID) -> Backfill:
    """
    Return the stepping in of the actor by its uuid.

    Raises:
        NotVisible: if there is none such.
    """
    rows = Backfill.objects.select_related("holding").filter(uuid=uuid, holding__account_id=actor.account_id or 0)
    found = rows.first()
    if found is None:
        raise NotVisible
    return found


def holding_for(*, actor: Actor, uuid: UUID) -> PostHolding:
    """
    Return one holding for which the actor may speak.

    Raises:
        NotVisible: if there is none such.
    """
    rows = PostHolding.objects.select_related("account", "post").filter(uuid=uuid, ends_at__isnull=True)
    found = rows.first()
    if found is None or not policy.can_declare_absence(actor, found):
        raise NotVisible
    return found


def own_account(actor: Actor) -> Account:
    """
    Return the actor's account.

    Raises:
        NotVisible: if the actor has none.
    """
    found = Account.objects.filter(pk=actor.account_id or 0).first()
    if found is None:
        raise NotVisible
    return found


def _open_posts(actor: Actor) -> ScopedQuerySet[Post]:
    return policy.visible_posts(actor).filter(closed_at__isnull=True)


def _narrowed(rows: ScopedQuerySet[Post], state: str) -> ScopedQuerySet[Post]:
    stood = Backfill.objects.filter(post=OuterRef("pk"), ends_at__isnull=True)
    if state == VACANT:
        return rows.filter(Exists(stood.filter(holding__isnull=True)))
    if state == STOOD_IN:
        return rows.filter(Exists(stood.filter(holding__isnull=False)))
    if state == WITHOUT_ALTERNATE:
        behind = PostHolding.objects.filter(post=OuterRef("pk"), slot=AssignmentSlot.ALTERNATE, ends_at__isnull=True)
        return rows.filter(~Exists(behind))
    return rows
