"""
Conversion of this room: everybody who holds an emergency post is called up (点名), the muster board is filled.

The last step of a street, because it reads the posts the others filled. In a drill it reads them before they are
rolled back, and calls the same people as an exercise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from juxing.command.models import MusterHolder, MusterPost
from juxing.kernel.conversion import (
    Change,
    ConversionOrder,
    ConversionStep,
    Counts,
    ExercisePart,
    OpenItem,
    StepPreview,
    declare_step,
)
from juxing.kernel.refusals import Words
from juxing.organisations.models import PostConversion, PostHolding

CALLED, STANDING = "called", "standing"
CALL_UP: LiteralString = (
    "WITH wanted AS (SELECT nextval((SELECT pg_get_serial_sequence('command_musterpost', 'id')::regclass)) AS id, "
    "post.* FROM unnest(%(areas)s::text[], %(codes)s::text[], %(titles)s::text[], %(duties)s::text[], "
    "%(posts)s::uuid[]) WITH ORDINALITY AS post (area_code, code, title, duties, post_uuid, number)), "
    "posts AS (INSERT INTO command_musterpost (id, uuid, area_code, activation_id, code, title, duties, post_uuid, "
    "called_at) SELECT id, gen_random_uuid(), area_code, %(activation)s, code, title, duties, post_uuid, %(now)s "
    "FROM wanted) "
    "INSERT INTO command_musterholder (uuid, area_code, muster_post_id, account_id, slot, answer, called_at) "
    "SELECT gen_random_uuid(), wanted.area_code, wanted.id, holder.account_id, holder.slot, 'waiting', %(now)s "
    "FROM unnest(%(numbers)s::bigint[], %(accounts)s::bigint[], %(slots)s::text[]) "
    "AS holder (number, account_id, slot) JOIN wanted ON wanted.number = holder.number"
)


@dataclass(frozen=True, slots=True)
class Called:
    """A post as it is called up, with (account, slot) of its holders."""

    area_code: str
    code: str
    title: str
    duties: str
    post_uuid: UUID | None
    holders: tuple[tuple[int, str], ...]


def posts_of(order: ConversionOrder) -> list[Called]:
    """Return the posts the activation counts on in these places, with who holds them now."""
    rows = PostConversion.objects.inside(order.areas).filter(activation_id=order.activation_id, ended_at__isnull=True)
    posts = list(
        rows.order_by("area_code", "post_id").values_list(
            "post_id", "area_code", "code", "post__title", "post__duties", "post__uuid"
        )
    )
    held: dict[int, list[tuple[int, str]]] = {}
    holdings = PostHolding.objects.inside(order.areas).filter(
        models.Q(ends_at__isnull=True) | models.Q(ends_at__gt=order.now), post_id__in=[post[0] for post in posts],
        starts_at__lte=order.now,
    )  # fmt: skip
    for post_id, account_id, slot in holdings.order_by("slot", "rank").values_list("post_id", "account_id", "slot"):
        held.setdefault(post_id, []).append((account_id, slot))
    return [
        Called(area_code, code, title, duties, None if order.is_exercise else uuid, tuple(held.get(post_id, ())))
        for post_id, area_code, code, title, duties, uuid in posts
    ]


def preview(order: ConversionOrder) -> StepPreview:
    """Return that every post of the plan is called; how many there are, the step of posts says."""
    return StepPreview((Change(f"{CALLED}:{order.street}", CALLED, order.street, 1),) if order.rows("posts") else ())


def call(order: ConversionOrder, posts: list[Called]) -> Counts:
    """Call up what stands and was not called, and let go what is no longer there."""
    standing = {
        (area_code, title): pk
        for pk, area_code, title in MusterPost.objects.inside(order.areas)
        .filter(activation_id=order.activation_id, closed_at__isnull=True).values_list("id", "area_code", "title")
    }  # fmt: skip
    wanted = {(post.area_code, post.title): post for post in posts}
    gone = [pk for key, pk in standing.items() if key not in wanted]
    released = _close(order, gone)
    new = [post for key, post in wanted.items() if key not in standing]
    return {"posts": len(new), "mustered": _call_up(new, order), "released": released}


def _call_up(new: list[Called], order: ConversionOrder) -> int:
    """Write posts with those called to them by one statement, whatever their number; return how many people."""
    if not new:
        return 0
    called = [
        (number, account, slot) for number, post in enumerate(new, start=1)
        for account, slot in dict(post.holders).items()
    ]  # fmt: skip
    values: dict[str, Any] = {
        "areas": [post.area_code for post in new], "codes": [post.code for post in new],
        "titles": [post.title for post in new], "duties": [post.duties for post in new],
        "posts": [post.post_uuid for post in new], "numbers": [number for number, _account, _slot in called],
        "accounts": [account for _number, account, _slot in called], "slots": [slot for _n, _a, slot in called],
        "activation": order.activation_id, "now": order.now,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(CALL_UP, values)
    return len(called)


def convert(order: ConversionOrder) -> Counts:
    """Call up everybody who holds a post here; what was struck out of the preview is not called."""
    if not _is_kept(order):
        return {}
    return call(order, posts_of(order))


def revert(order: ConversionOrder) -> Counts:
    """Release everybody and close the muster here."""
    rows = MusterPost.objects.inside(order.areas).filter(activation_id=order.activation_id, closed_at__isnull=True)
    return {"released": _close(order, list(rows.values_list("id", flat=True)))}


def open_items(order: ConversionOrder) -> Iterable[OpenItem]:
    """Return how many people stand at posts and were not released yet."""
    rows = MusterHolder.objects.inside(order.areas).filter(
        muster_post__activation_id=order.activation_id, arrived_at__isnull=False, released_at__isnull=True
    )
    count = rows.count()
    return [OpenItem(STANDING, order.street, count)] if count else []


def describe(kind: str, _facts: Mapping[str, Any]) -> Words:
    """Say a line in words."""
    if kind == STANDING:
        return _("People who stand at their posts and were not released")
    return _("Everybody who holds an emergency post is called up")


def _is_kept(order: ConversionOrder) -> bool:
    return order.edits.keeps(f"{CALLED}:{order.street}")


def _close(order: ConversionOrder, ids: list[int]) -> int:
    """Close these posts and release who was called to them; the ids as one array, thousands cost a placeholder each."""
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE command_musterpost SET closed_at = greatest(called_at, %s) "
            "WHERE id = ANY(%s::bigint[]) AND closed_at IS NULL",
            [order.now, ids],
        )
        cursor.execute(
            "UPDATE command_musterholder SET released_at = greatest(called_at, %s) "
            "WHERE muster_post_id = ANY(%s::bigint[]) AND released_at IS NULL",
            [order.now, ids],
        )
        return int(cursor.rowcount)


declare_step(
    ConversionStep(
        code="command.muster", label=_("Muster"), order=90, parts=frozenset(), preview=preview, convert=convert,
        revert=revert, describe=describe, open_items=open_items,
        exercise=ExercisePart(keep=call, collect=posts_of),
    )
)  # fmt: skip
