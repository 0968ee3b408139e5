"""Posts and who holds them: A for the work, B to step in, in an order."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from juxing.access.models import Account, RoleAssignment
from juxing.kernel import journal
from juxing.kernel.actors import Actor
from juxing.kernel.refusals import InvalidInput
from juxing.organisations import policy, standing_in
from juxing.organisations.checklists import CHECKLISTS
from juxing.organisations.commands.backfills import settle_posts
from juxing.organisations.commands.register import require_manager
from juxing.organisations.commands.words import plain_name, recorded, require_kind
from juxing.organisations.enums import AssignmentSlot
from juxing.organisations.models import Absence, Organisation, Post, PostHolding
from juxing.organisations.models.posts import ROLES_OF_POSTS

POST_ADDED = journal.declare_action("organisations.post.add", _("Post added"))
POST_CHANGED = journal.declare_action("organisations.post.change", _("Post changed"))
POST_CLOSED = journal.declare_action("organisations.post.close", _("Post closed"))
POST_HELD = journal.declare_action("organisations.post.hold", _("Post taken over"))
POST_RELIEVED = journal.declare_action("organisations.post.relieve", _("Post given up"))
HIGHEST_RANK = 20


@dataclass(frozen=True, slots=True)
class PostWords:
    """What is said about a post beside its title."""

    duties: str = ""
    carries_role: str = ""
    checklist: str = ""
    standing_note: str = ""
    answer_minutes: int = 30

    def checked(self) -> dict[str, str | int]:
        """Return the values as columns hold them; raise InvalidInput where one cannot be."""
        require_kind(self.carries_role, ["", *ROLES_OF_POSTS], field="carries_role")
        require_kind(self.checklist, ["", *CHECKLISTS], field="checklist")
        if not 1 <= self.answer_minutes <= 1440:
            raise InvalidInput("minutes_bad", _("Between 1 and 1440 minutes."), field="answer_minutes")
        values = asdict(self)
        return values | {
            "duties": self.duties.strip()[:400], "standing_note": self.standing_note.strip()[:1000]
        }  # fmt: skip


@transaction.atomic
def add_post(
    *,
    actor: Actor,
    now: datetime,
    organisation: Organisation,
    title: str,
    area_code: str = "",
    words: PostWords | None = None,
) -> Post:
    """
    Add a post to an organisation, for the organisation's place or one inside it.

    Raises:
        InvalidInput: if the organisation has an open post of this title, or the place lies outside.
    """
    require_manager(actor, organisation)
    plain = plain_name(title, field="title", at_most=60)
    place = area_code.strip() or organisation.area_code
    if not place.startswith(organisation.area_code):
        raise InvalidInput("area_outside", _("This place lies outside the organisation's."), field="area_code")
    if Post.objects.filter(organisation=organisation, title=plain, closed_at__isnull=True).exists():
        raise InvalidInput("post_known", _("The organisation has a post of this title already."), field="title")
    values = (words or PostWords()).checked()
    require_giving_on(actor, str(values["carries_role"]), place)
    post = Post.objects.create(organisation=organisation, area_code=place, title=plain, **values)
    recorded(POST_ADDED, post, actor=actor, now=now)
    settle_posts(actor=actor, now=now, post_ids=[post.pk])
    return post


@transaction.atomic
def change_post(*, actor: Actor, now: datetime, post: Post, words: PostWords) -> Post:
    """
    Write down anew what the post does, carries and leaves to whoever steps in.

    Holders write the standing note themselves with ``write_standing_note``.
    """
    actor.require(policy.MANAGE, post.area_code)
    values = words.checked()
    if words.carries_role != post.carries_role:
        require_giving_on(actor, words.carries_role, post.area_code)
    for column, value in values.items():
        setattr(post, column, value)
    post.save(update_fields=list(values))
    journal.record(POST_CHANGED, actor=actor, subject=post, happened_at=now, changes={"role": words.carries_role})
    return post


@transaction.atomic
def write_standing_note(*, actor: Actor, now: datetime, post: Post, note: str) -> None:
    """Leave what whoever steps in has to know; written by a holder, or by who keeps the register."""
    is_holder = PostHolding.objects.filter(post=post, account_id=actor.account_id or 0, ends_at__isnull=True).exists()
    if not is_holder:
        actor.require(policy.MANAGE, post.area_code)
    Post.objects.filter(pk=post.pk).update(standing_note=note.strip()[:1000])
    journal.record(POST_CHANGED, actor=actor, subject=post, happened_at=now, changes={"field": "standing_note"})


@transaction.atomic
def close_post(*, actor: Actor, now: datetime, post: Post, reason: str = "") -> None:
    """End the post with everything in it; closing twice changes nothing."""
    actor.require(policy.MANAGE, post.area_code)
    if not Post.objects.filter(pk=post.pk, closed_at__isnull=True).update(closed_at=now):
        return
    _end(PostHolding.objects.filter(post=post, ends_at__isnull=True), now)
    journal.record(POST_CLOSED, actor=actor, subject=post, happened_at=now, reason=reason[:400])
    settle_posts(actor=actor, now=now, post_ids=[post.pk])


@transaction.atomic
def hold_post(*, actor: Actor, now: datetime, post: Post, account: Account, slot: str, rank: int = 1) -> PostHolding:
    """
    Let an account hold a post as A or B from now on; whoever held that place until now is relieved.

    Raises:
        InvalidInput: if the same person would be A and B, works nowhere that covers the post's place, or if two or
            more people would be each other's only B in a ring.
    """
    actor.require(policy.MANAGE, post.area_code)
    require_kind(slot, AssignmentSlot.values, field="slot")
    if not 1 <= rank <= (HIGHEST_RANK if slot == AssignmentSlot.ALTERNATE else 1):
        raise InvalidInput("rank_bad", _("A is one person; B stand in an order from 1 to 20."), field="rank")
    lock_holdings(post.area_code)
    locked = Post.objects.select_for_update().get(pk=post.pk)
    if locked.closed_at is not None:
        raise InvalidInput("post_closed", _("This post was closed."))
    if slot == AssignmentSlot.ALTERNATE:
        require_giving_on(actor, locked.carries_role, locked.area_code)
    if not covers(account, locked.area_code, now=now):
        raise InvalidInput(
            "holder_outside", _("This person has no role at the post's place. Give the role first."), field="account"
        )
    standing = PostHolding.objects.filter(post=locked, ends_at__isnull=True)
    if standing.filter(account=account).exclude(slot=slot, rank=rank).exists():
        raise InvalidInput("post_held", _("This person holds the post in another place already."), field="account")
    same = standing.filter(slot=slot, rank=rank).first()
    if same is not None and same.account_id == account.pk:
        return same
    _end(standing.filter(slot=slot, rank=rank), now)
    holding = PostHolding.objects.create(
        post=locked, area_code=locked.area_code, account=account, slot=slot, rank=rank, starts_at=now
    )
    refuse_rings(locked.area_code)
    journal.record(
        POST_HELD, actor=actor, subject=locked, happened_at=now,
        changes={"slot": slot, "rank": rank, "holder": str(account.uuid)},
    )  # fmt: skip
    settle_posts(actor=actor, now=now, post_ids=[locked.pk])
    return holding


@transaction.atomic
def relieve_post(*, actor: Actor, now: datetime, post: Post, slot: str, rank: int = 1) -> None:
    """End the holding of this place of the post; ending what nobody holds changes nothing."""
    actor.require(policy.MANAGE, post.area_code)
    standing = PostHolding.objects.filter(post=post, slot=slot, rank=rank, ends_at__isnull=True)
    if _end(standing, now):
        journal.record(POST_RELIEVED, actor=actor, subject=post, happened_at=now, changes={"slot": slot, "rank": rank})
        settle_posts(actor=actor, now=now, post_ids=[post.pk])


def require_giving_on(actor: Actor, role: str, area_code: str) -> None:
    """Raise unless the actor may say who steps in with this role there."""
    if not policy.can_give_on(actor, role, area_code):
        raise InvalidInput(
            "role_beyond",
            _("This post gives on rights you do not have here. Ask your street to name who steps in."),
            field="carries_role",
        )


def covers(account: Account, area_code: str, *, now: datetime) -> bool:
    """Whether a role of the account reaches the place, so that it sees and can do the post's work."""
    held = RoleAssignment.objects.in_force(now).filter(account=account).values_list("area_code", flat=True)
    return any(area_code.startswith(code) for code in held)


def lock_holdings(*communities: str) -> None:
    """Let one transaction at a time change who holds what in a community, so that two cannot close a ring together."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('organisations.holdings'), hashtext(place)) "
            "FROM (SELECT DISTINCT left(code, 12) AS place FROM unnest(%s::text[]) AS code ORDER BY 1) AS places",
            [list(communities)],
        )


def refuse_rings(area_code: str) -> None:
    """
    Raise if holders of this community stand in for each other in a ring with no one else behind any of them.

    A is ill, B is A's only B, and A is B's only B: when both are away two posts are empty. A second B in one of the
    posts is enough.
    """
    ring = standing_in.ring_in(area_code[:12])
    if ring:
        raise InvalidInput(
            "stand_in_ring",
            _("%(names)s would be each other's only B. Give one of the posts a second B first.")
            % {"names": ", ".join(ring)},
            field="account",
        )


def _end(holdings: object, now: datetime) -> int:
    ids = list(holdings.values_list("id", flat=True))  # type: ignore[attr-defined]
    Absence.objects.filter(holding_id__in=ids, starts_at__gt=now).delete()
    Absence.objects.filter(holding_id__in=ids, ends_at__isnull=True).update(ends_at=now)
    return PostHolding.objects.filter(pk__in=ids).update(ends_at=now)
